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

/** What the text of a case does not say: an ordered column is a number, one of integers has no list. */
const told = { city: ["Bern", "Oslo", "Rom"], shop: null };

/** The columns of a case by name. */
function columnsOf({ names, rows }: Case): Record<string, (string | number | null)[]> {
  const flat = (rows as readonly unknown[]).flat() as (string | number | null)[];
  return Object.fromEntries(
    names.map((name, at) => [name, flat.filter((_, place) => place % names.length === at)]),
  );
}

function tableOf(given: Case) {
  const { features } = readLightgbm(given.model, {
    categories: given.name.endsWith("unclear") ? told : {},
  }).ensemble;
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
    const { ensemble, link } = readLightgbm(given.model, {
      categories: given.name.endsWith("unclear") ? told : {},
    });
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

  test("asks whose categories are whose where the text does not say it", () => {
    const text = model("pandas categories, unclear");
    refused(text, /no way to tell whose.*"city": \[\.\.\.\], "shop": \[\.\.\.\].*MODEL_UNSUPPORTED/);
    expect(() => readLightgbm(text, { categories: { city: told.city } })).toThrow(/categories: \{ "shop"/);
    expect(readLightgbm(text, { categories: told }).ensemble.features).toEqual([
      { kind: "numeric", name: "size" },
      { kind: "categorical", name: "city", categories: told.city },
      { kind: "categorical", name: "shop", categories: [0, 1, 2] },
    ]);
    const wrong = (categories: object, message: RegExp) =>
      expect(() => readLightgbm(text, { categories: { ...told, ...categories } })).toThrow(message);
    wrong({ city: ["Bern"] }, /categories of "city": expected more than 2.*MODEL_MALFORMED/);
    wrong({ town: null }, /categories.*"town".*ARGUMENT_INVALID/);
    wrong({ size: ["s", "m", "l"] }, /categories.*"size".*ARGUMENT_INVALID/);
  });

  test("reads lists of which each fits one feature", () => {
    const lists = (text: string) => {
      const changed = model("pandas categories, unclear").replace(
        /pandas_categorical:.*/,
        `pandas_categorical:${text}`,
      );
      return readLightgbm(changed).ensemble.features.map((feature) =>
        feature.kind === "categorical" ? feature.categories.length : 0,
      );
    };
    // A list for each column, the ordered one's first, which is a number.
    expect(lists("[[1,2,3],[4,5,6],[7,8,9]]")).toEqual([0, 3, 3]);
    expect(() => lists("[[1,2,3],[4,5]]")).toThrow(/no way to tell/);
    expect(() => lists("[[1,2,3],[4,5,6],[7,8,[]]]")).toThrow(/texts, numbers and truths.*MODEL_MALFORMED/);
  });

  test("takes time in proportion to the text, however often a set is asked", () => {
    const branches = 20_000;
    const of = (count: number, value: (at: number) => number) =>
      Array.from({ length: count }, (_, at) => value(at)).join(" ");
    const text = `tree
version=v4
num_tree_per_iteration=1
max_feature_idx=0
objective=regression
feature_names=c
feature_infos=0:1

Tree=0
num_leaves=${branches + 1}
num_cat=1
split_feature=${of(branches, () => 0)}
threshold=${of(branches, () => 0)}
decision_type=${of(branches, () => 1)}
left_child=${of(branches, (at) => -1 - at)}
right_child=${of(branches, (at) => (at === branches - 1 ? -1 - branches : at + 1))}
leaf_value=${of(branches + 1, () => 0)}
cat_boundaries=0 ${branches}
cat_threshold=1 ${of(branches - 1, () => 0)}

end of trees
`;
    const start = performance.now();
    const { ensemble } = readLightgbm(text);
    expect(ensemble.trees[0]!.sets).toEqual([Uint32Array.of(1)]);
    rawScores(ensemble, treeTable({ columns: { c: [0, 1] }, categorical: ["c"] }));
    expect(performance.now() - start).toBeLessThan(2000);
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
