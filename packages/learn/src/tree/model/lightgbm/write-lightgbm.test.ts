import { spawnSync } from "node:child_process";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { seededRandom, type Random } from "../../../random.ts";
import type { TreeEnsemble, TreeFeature } from "../../tree-ensemble.ts";
import type { TreeTable } from "../../tree-table.ts";
import { numberAfter } from "../number-after.ts";
import { rawScores } from "../raw-scores.ts";
import { categories, numbers, randomEnsemble, rowNumbers, tryingTable } from "../testing/random-ensemble.ts";
import { applyLink, type TreeLink } from "../tree-link.ts";
import { readLightgbm } from "./read-lightgbm.ts";
import { writeLightgbm } from "./write-lightgbm.ts";

const form = fc.record({
  seed: fc.nat(),
  trees: fc.integer({ min: 0, max: 5 }),
  leaves: fc.integer({ min: 1, max: 20 }),
  outputs: fc.integer({ min: 1, max: 3 }),
  wide: fc.boolean(),
  average: fc.boolean(),
  zero: fc.boolean(),
  texts: fc.boolean(),
});
const zones: TreeFeature = { kind: "categorical", name: "zone", categories: [7, 0, 40, 3, 1] };
type Form = typeof form extends fc.Arbitrary<infer T> ? T : never;

function made({ seed, zero, texts, ...rest }: Form): { ensemble: TreeEnsemble; table: TreeTable } {
  const features = [...numbers(2, zero), zones, ...(texts ? [categories("word", 33)] : [])];
  const threshold = (random: Random) =>
    random.integer(6) === 0 ? (random.integer(2) === 0 ? Infinity : -Infinity) : random.normal();
  const ensemble = randomEnsemble(seededRandom(seed), { ...rest, features, threshold });
  const near = (value: number) => [value, numberAfter(value), -numberAfter(-value)];
  return { ensemble, table: tryingTable(seededRandom(seed + 1), ensemble, 40, near) };
}

function near(received: ArrayLike<number>, expected: ArrayLike<number>): void {
  expect(received.length).toBe(expected.length);
  for (let at = 0; at < expected.length; at++)
    expect(Math.abs(received[at]! - expected[at]!)).toBeLessThanOrEqual(
      1e-12 * Math.max(1, Math.abs(expected[at]!)),
    );
}

const LINKS: readonly { readonly link: TreeLink; readonly outputs: number }[] = [
  { link: { kind: "identity" }, outputs: 1 },
  { link: { kind: "identity" }, outputs: 2 },
  { link: { kind: "exp" }, outputs: 1 },
  { link: { kind: "square" }, outputs: 1 },
  { link: { kind: "softplus" }, outputs: 1 },
  { link: { kind: "softmax" }, outputs: 3 },
  { link: { kind: "logistic", scale: 0.5 }, outputs: 1 },
  { link: { kind: "sigmoid", scale: 1 }, outputs: 1 },
  { link: { kind: "sigmoid", scale: 2 }, outputs: 3 },
];

/** Reads a list of { model, rows, width } and answers with [raw, predicted] of each. */
const PYTHON = `
import json, sys, lightgbm, numpy
answers = []
for case in json.load(sys.stdin):
    rows = numpy.array([[numpy.nan if x is None else float(x) for x in row] for row in case["rows"]])
    booster = lightgbm.Booster(model_str=case["model"])
    booster.pandas_categorical = None
    answers.append([booster.predict(rows, raw_score=raw).ravel().tolist() for raw in (True, False)])
json.dump(answers, sys.stdout)
`;
const probe = spawnSync("python3", ["-c", "import lightgbm"], { encoding: "utf8" });
const required = process.env["TIDELINE_REQUIRE"]?.split(",").includes("lightgbm") ?? false;

describe("writeLightgbm", () => {
  test("is read back to the same predictions", () => {
    fc.assert(
      fc.property(form, (given) => {
        const { ensemble, table } = made(given);
        const read = readLightgbm(writeLightgbm(ensemble));
        near(rawScores(read.ensemble, table).values, rawScores(ensemble, table).values);
      }),
      { numRuns: 60 },
    );
  });

  test("lists of categories that are empty, or of one, are read back", () => {
    const z: TreeFeature = { kind: "categorical", name: "z", categories: ["a", "b"] };
    const lists = [[], ["x"], [], [true], [7]].map((list, at): TreeFeature => ({
      kind: "categorical",
      name: `c${at}`,
      categories: list,
    }));
    for (const texts of [[z], []])
      for (const trees of [0, 3]) {
        const features = [...numbers(2), ...lists, ...texts];
        const ensemble = randomEnsemble(seededRandom(trees), { trees, leaves: 9, features });
        expect(readLightgbm(writeLightgbm(ensemble)).ensemble.features).toEqual(ensemble.features);
      }
    const integers: TreeFeature = { kind: "categorical", name: "none", categories: [] };
    const ensemble = randomEnsemble(seededRandom(1), { trees: 2, leaves: 5, features: [zones, integers] });
    expect(readLightgbm(writeLightgbm(ensemble)).ensemble.features[1]).toEqual(integers);
  });

  test("keeps the link, or says that LightGBM has none like it", () => {
    for (const { link, outputs } of LINKS) {
      const { ensemble } = made({
        seed: 1,
        trees: 3,
        leaves: 4,
        outputs,
        wide: false,
        average: false,
        zero: false,
        texts: false,
      });
      expect(readLightgbm(writeLightgbm(ensemble, link)).link).toEqual(link);
    }
    const one = randomEnsemble(seededRandom(1), { trees: 1, leaves: 3, features: numbers(1) });
    expect(() => writeLightgbm(one, { kind: "softmax" })).toThrow(/link.*softmax of 1.*MODEL_UNSUPPORTED/);
    const named = { ...one, features: [{ kind: "numeric", name: "two words" }] } as const;
    expect(() => writeLightgbm(named)).toThrow(/features.*"two words".*MODEL_UNSUPPORTED/);
  });

  test.skipIf(probe.status !== 0 && !required)("LightGBM itself predicts the same", () => {
    const cases = LINKS.flatMap(({ link, outputs }, at) =>
      [0, 1, 2].map((turn) => ({
        link,
        ...made({
          seed: 10 * at + turn,
          trees: 4,
          leaves: 12,
          outputs,
          wide: turn === 1 && outputs > 1,
          average: turn === 2,
          zero: turn === 1,
          texts: turn === 2,
        }),
      })),
    );
    const input = cases.map(({ ensemble, table, link }) => ({
      model: writeLightgbm(ensemble, link),
      // Numbers that stand for categories, or their codes where some are texts; what is none goes as a code beyond all.
      rows: Array.from({ length: table.rows }, (_, row) =>
        rowNumbers(table, row).map((value, column) => {
          const feature = ensemble.features[column]!;
          // Infinities go as texts, as JSON has none.
          if (feature.kind === "numeric") return Number.isFinite(value) ? value : String(value);
          if (!(value >= 0 && value < feature.categories.length)) return value < 0 ? null : 99;
          return ensemble.features.length > 3 ? value : feature.categories[value];
        }),
      ),
    }));
    const run = spawnSync("python3", ["-c", PYTHON], {
      input: JSON.stringify(input),
      encoding: "utf8",
      maxBuffer: 2 ** 28,
    });
    expect(run.stderr).toBe("");
    const answers = JSON.parse(run.stdout) as [number[], number[]][];
    for (const [at, { ensemble, table, link }] of cases.entries()) {
      const raw = rawScores(ensemble, table);
      near(answers[at]![0], raw.values);
      const linked = applyLink(link, raw).values;
      near(answers[at]![1], link.kind === "logistic" ? linked.filter((_, place) => place % 2 === 1) : linked);
    }
  });
});
