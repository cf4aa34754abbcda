import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { isTidelineError } from "@tideline/spec";
import { describe, expect, test } from "vitest";
import { treeTable } from "../../bin/table-rows.ts";
import { rawScores } from "../raw-scores.ts";
import { applyLink } from "../tree-link.ts";
import { readLightgbm } from "./read-lightgbm.ts";

interface Case {
  readonly name: string;
  readonly model: string;
  readonly names: readonly string[];
  readonly rows: readonly (number | null)[] | readonly (readonly (string | number | null)[])[];
  readonly raw: readonly number[];
  readonly predicted: readonly number[];
}
const file = new URL("../../../../../../vectors/tree/lightgbm.json", import.meta.url);
const cases = JSON.parse(readFileSync(file, "utf8")) as readonly Case[];

/** The columns of a case by name. */
function columnsOf({ names, rows }: Case): Record<string, (string | number | null)[]> {
  const flat = (rows as readonly unknown[]).flat() as (string | number | null)[];
  return Object.fromEntries(
    names.map((name, at) => [name, flat.filter((_, place) => place % names.length === at)]),
  );
}

function tableOf(given: Case) {
  const { features } = readLightgbm(given.model).ensemble;
  const categorical = features.filter(({ kind }) => kind === "categorical").map(({ name }) => name);
  return treeTable({ columns: columnsOf(given), categorical });
}

function near(received: ArrayLike<number>, expected: readonly number[], bound: number): void {
  expect(received.length).toBe(expected.length);
  for (const [at, value] of expected.entries())
    expect(Math.abs(received[at]! - value)).toBeLessThanOrEqual(bound * Math.max(1, Math.abs(value)));
}

describe("readLightgbm", () => {
  test.each(cases)("$name: raw scores and predictions are LightGBM's", (given) => {
    const { ensemble, link } = readLightgbm(given.model);
    const raw = rawScores(ensemble, tableOf(given));
    const count = ensemble.average ? ensemble.trees.length / ensemble.outputs : 1;
    // LightGBM's raw score of a forest is the sum.
    if (ensemble.average)
      near(
        raw.values.map((score) => score * count),
        given.raw,
        1e-12,
      );
    else expect([...raw.values]).toEqual(given.raw);
    const predicted = applyLink(link, raw);
    const last =
      link.kind === "logistic" ? predicted.values.filter((_, at) => at % 2 === 1) : predicted.values;
    near(last, given.predicted, 1e-12);
  });

  const model = (name: string): string => cases.find((given) => given.name === name)!.model;
  const refused = (text: string, message: RegExp): void => expect(() => readLightgbm(text)).toThrow(message);

  test("takes the texts of pandas for categories", () => {
    const { features } = readLightgbm(model("pandas categories")).ensemble;
    expect(features.filter(({ kind }) => kind === "categorical")).toEqual([
      { kind: "categorical", name: "city", categories: ["Bern", "Köln", "Oslo", "Rom"] },
      { kind: "categorical", name: "zone", categories: [3, 4, 5, 6, 7] },
    ]);
  });

  test("refuses what it has no place for, and says why", () => {
    const text = model("regression");
    refused(text.replace("is_linear=0", "is_linear=1"), /tree 0.*linear_tree.*MODEL_UNSUPPORTED/);
    refused(text.replace("version=v4", "version=v9"), /version.*v9.*MODEL_UNSUPPORTED/);
    refused(text.replace(/objective=.*/, "objective=novel"), /objective.*novel.*MODEL_UNSUPPORTED/);
    const zero = model("missing as zero");
    // One branch of a feature with the missing type NaN among others of zero, at a threshold below 0.
    refused(
      zero
        .replace(/^threshold=.*$/m, (line) => line.replace(/=\S+/, "=-0.5"))
        .replace(/^(decision_type=)(\d+)/m, "$110"),
      /tree 0, node 0: expected one meaning of 0.*MODEL_UNSUPPORTED/,
    );
  });

  test("refuses what is damaged", () => {
    const text = model("categories");
    refused("", /first line "tree".*MODEL_MALFORMED/);
    refused(text.slice(0, text.length / 2), /cut off.*MODEL_MALFORMED/);
    refused(text.replace("Tree=1", "Tree=2"), /Tree=1/);
    refused(text.replace(/num_leaves=\d+/, "num_leaves=99999999999"), /num_leaves/);
    refused(text.replace(/left_child=\S+/, "left_child=0"), /tree 0, node 0, left/);
    refused(text.replace(/leaf_value=\S+/, "leaf_value=nan"), /value: expected a finite number/);
    refused(text.replace(/split_feature=\S+/, "split_feature=77"), /tree 0, split_feature/);
    refused(text.replace(/threshold=\S+/, "threshold=0x1p"), /tree 0, threshold/);
    refused(text.replace(/cat_boundaries=0/, "cat_boundaries=1"), /cat_boundaries|cat_threshold/);
  });

  test("gives a model or an error of ours for whatever text", () => {
    const text = model("categories one by one");
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(fc.nat(text.length), fc.constantFrom("", " ", "-1", "7", "=", "\n", "1e999", "nan", "99")),
          {
            minLength: 1,
            maxLength: 3,
          },
        ),
        (changes) => {
          let changed = text;
          for (const [at, put] of changes)
            changed = changed.slice(0, at) + put + changed.slice(at + (put.length % 2));
          try {
            readLightgbm(changed);
          } catch (error) {
            const ours =
              isTidelineError(error, "MODEL_MALFORMED") || isTidelineError(error, "MODEL_UNSUPPORTED");
            expect(ours ? "" : String(error)).toBe("");
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});
