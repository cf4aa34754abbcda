import { readFileSync } from "node:fs";
import { numberBefore } from "@tideline/graph";
import { isTidelineError } from "@tideline/spec";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { treeTable } from "../../bin/table-rows.ts";
import { numberAfter } from "../number-after.ts";
import { rawScores } from "../raw-scores.ts";
import { applyLink } from "../tree-link.ts";
import { readXgboost } from "./read-xgboost.ts";
import { strictThreshold } from "./strict-threshold.ts";

interface Case {
  readonly name: string;
  readonly model: string;
  readonly names: readonly string[];
  readonly rows: readonly (number | string | null)[];
  readonly raw: readonly number[];
  readonly predicted: readonly number[];
}
const file = new URL("../../../../../../vectors/tree/xgboost.json", import.meta.url);
const cases = JSON.parse(readFileSync(file, "utf8")) as readonly Case[];
const whole = (count: number, step = 1) => Array.from({ length: count }, (_, at) => at * step);
const categories = { f3: whole(12), f4: whole(22) };
const cut = { ...categories, kind: ["Köln", "Oslo", "Røm", "Bern"] };

describe("readXgboost", () => {
  test.each(cases)("$name: raw scores and predictions are XGBoost's, to single precision", (given) => {
    const { ensemble, link } = readXgboost(given.model, {
      categories: given.name.endsWith("cuts") ? cut : categories,
    });
    const columns = Object.fromEntries(
      given.names.map((name, at) => [
        name,
        given.rows.filter((_, place) => place % given.names.length === at),
      ]),
    );
    const categorical = ensemble.features
      .filter(({ kind }) => kind === "categorical")
      .map(({ name }) => name);
    const expected = given.name.startsWith("categories") ? 2 : /names|cuts/.test(given.name) ? 1 : 0;
    expect(categorical.length).toBe(expected);
    const raw = rawScores(ensemble, treeTable({ columns, categorical }));
    expect(raw.values.length).toBe(given.raw.length);
    const close = (received: number, expected: number) =>
      expect(Math.abs(received - expected)).toBeLessThanOrEqual(2e-6 * Math.max(1, Math.abs(expected)));
    for (const [at, value] of given.raw.entries()) close(raw.values[at]!, value);
    const linked = applyLink(link, raw).values;
    const last = link.kind === "logistic" ? linked.filter((_, at) => at % 2 === 1) : linked;
    for (const [at, value] of given.predicted.entries()) close(last[at]!, value);
  });

  const model = (name: string): string => cases.find((given) => given.name === name)!.model;
  /** A model with something else at a place of its JSON. */
  const changed = (name: string, change: (learner: Record<string, never>) => void): string => {
    const value = JSON.parse(model(name)) as { learner: Record<string, never> };
    change(value.learner);
    return JSON.stringify(value);
  };
  const refused = (json: string, message: RegExp): void => expect(() => readXgboost(json)).toThrow(message);

  test("takes the categories that a model of XGBoost 3 keeps, unless others are given", () => {
    const kindOf = (json: string, options = {}) => readXgboost(json, options).ensemble.features[0]!;
    const texts = model("texts that the model names");
    expect(kindOf(texts)).toEqual({
      kind: "categorical",
      name: "kind",
      categories: ["Rome", "Oslo", "Bern & Biel", "", "Ulm"],
    });
    expect(kindOf(model("numbers that the model names"))).toMatchObject({ categories: [3, 7, -11, 2 ** 40] });
    const own = { categories: { kind: ["a", "b", "c", "d", "e"] } };
    expect(kindOf(texts, own)).toMatchObject({ categories: own.categories.kind });
    const damages = [
      { offsets: [0, 4, 2, 11, 11, 15] },
      { values: Array.from({ length: 22 }, () => -61) },
      { offsets: "0" },
    ];
    refused(model("texts that the model cuts"), /feature "kind".*Pass \{ categories.*MODEL_UNSUPPORTED/);
    for (const damage of damages) {
      const unknown = changed("texts that the model names", (learner) => {
        const { cats } = (learner["gradient_booster"] as { model: { cats: { enc: object[] } } }).model;
        Object.assign(cats.enc[0]!, damage);
      });
      refused(unknown, /feature "kind".*Pass \{ categories.*MODEL_UNSUPPORTED/);
      expect(kindOf(unknown, own)).toMatchObject({ categories: own.categories.kind });
    }
  });

  test("reads the rounds that the saver's prediction takes, or those that are asked for", () => {
    const [booster, wrapper] = ["stopped early, of the booster", "stopped early, of scikit-learn"].map(model);
    const treesOf = (json: string, rounds?: "best" | "all") =>
      readXgboost(json, rounds === undefined ? {} : { rounds }).ensemble.trees.length;
    expect([booster!, wrapper!].map((json) => treesOf(json))).toEqual([7, 4]);
    expect([treesOf(booster!, "best"), treesOf(wrapper!, "all"), treesOf(model("missing"), "best")]).toEqual([
      4, 7, 6,
    ]);
    expect(readXgboost(booster!).bestRound).toBe(3);
    expect(readXgboost(model("missing")).bestRound).toBeUndefined();
    expect(() => treesOf(booster!, "last" as "best")).toThrow(/rounds.*ARGUMENT_INVALID/);
    refused(
      changed("stopped early, of scikit-learn", (learner) =>
        Object.assign(learner["attributes"], { best_iteration: "7" }),
      ),
      /best_iteration: expected a round of the model.*MODEL_MALFORMED/,
    );
  });

  test("refuses what it has no place for, and says why", () => {
    refused("{L\0\0\0\0\0\0\0\u0007learner{L", /UBJSON.*model\.json.*MODEL_UNSUPPORTED/);
    refused(new Uint8Array([123]) as never, /UBJSON.*MODEL_UNSUPPORTED/);
    refused(
      changed("missing", (learner) => Object.assign(learner["gradient_booster"], { name: "gblinear" })),
      /gradient_booster.*gblinear.*MODEL_UNSUPPORTED/,
    );
    refused(
      changed("missing", (learner) => Object.assign(learner["objective"], { name: "binary:hinge" })),
      /objective.*binary:hinge.*MODEL_UNSUPPORTED/,
    );
    const rightward = changed("categories", (learner) => {
      const { trees } = (learner["gradient_booster"] as { model: { trees: { default_left: number[] }[] } })
        .model;
      for (const { default_left } of trees) default_left.fill(0);
    });
    refused(rightward, /feature "f3".*Pass \{ categories.*MODEL_UNSUPPORTED/);
    const large = changed("categories", (learner) => {
      const { trees } = (learner["gradient_booster"] as { model: { trees: { categories: number[] }[] } })
        .model;
      for (const tree of trees) tree.categories = tree.categories.map((code) => code + 15_000_000);
    });
    refused(large, /at most 1048576 categories.*MODEL_UNSUPPORTED/);
    expect(() => readXgboost(model("categories"), { categories: { ...categories, f3: [0] } })).toThrow(
      /categories of "f3": expected more than/,
    );
  });

  test("refuses what is damaged", () => {
    refused("{", /text: expected JSON.*MODEL_MALFORMED/);
    refused("[]", /model: expected an object.*MODEL_MALFORMED/);
    refused("{}", /a field "learner".*MODEL_MALFORMED/);
    const tree = (change: object) =>
      changed("missing", (learner) =>
        Object.assign(
          (learner["gradient_booster"] as { model: { trees: object[] } }).model.trees[1]!,
          change,
        ),
      );
    const shared = changed("categories", (learner) => {
      const { trees } = (
        learner["gradient_booster"] as {
          model: {
            trees: { categories: number[]; categories_segments: number[]; categories_sizes: number[] }[];
          };
        }
      ).model;
      for (const one of trees) {
        one.categories_segments.fill(0);
        one.categories_sizes.fill(one.categories.length);
      }
    });
    refused(shared, /categories_sizes: expected \d+ in all.*MODEL_MALFORMED/);
    refused(tree({ left_children: [] }), /tree 1.left_children.*integers/);
    refused(tree({ tree_param: { num_nodes: "999999999999" } }), /num_nodes/);
    const first = JSON.parse(model("missing")) as never as {
      learner: { gradient_booster: { model: { trees: { left_children: number[] }[] } } };
    };
    const children = first.learner.gradient_booster.model.trees[1]!.left_children;
    refused(tree({ left_children: children.with(0, 0) }), /tree 1, node 0: expected two children of its own/);
    refused(tree({ left_children: children.with(0, 2) }), /tree 1, node 0: expected two children of its own/);
  });

  test("gives a model or an error of ours for whatever text", () => {
    const text = model("categories one by one");
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(text.length), fc.constantFrom("7", "-", "9", "1", "e", '"', "0")), {
          minLength: 1,
          maxLength: 3,
        }),
        (changes) => {
          let damaged = text;
          for (const [at, put] of changes) damaged = damaged.slice(0, at) + put + damaged.slice(at + 1);
          try {
            readXgboost(damaged, { categories });
          } catch (error) {
            const ours =
              isTidelineError(error, "MODEL_MALFORMED") || isTidelineError(error, "MODEL_UNSUPPORTED");
            expect(ours ? "" : String(error)).toBe("");
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});

test("a threshold says of doubles what a strict bound says of them in single precision", () => {
  const bounds = [
    0,
    1,
    -1,
    0.1,
    2 ** -149,
    -(2 ** -149),
    1e30,
    numberBefore(Infinity),
    -numberBefore(Infinity),
  ];
  for (const bound of bounds.map(Math.fround)) {
    const threshold = strictThreshold(bound);
    const tried = [
      threshold,
      numberAfter(threshold),
      -numberAfter(-threshold),
      bound,
      numberBefore(bound),
      -Infinity,
      0,
    ];
    for (const x of tried) expect([bound, x, x <= threshold]).toEqual([bound, x, Math.fround(x) < bound]);
  }
});
