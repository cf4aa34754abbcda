import { float32Values, graphBuilder, numberBefore, writeOnnx, type GraphRuntime } from "@tideline/graph";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { onnxruntimeNode } from "../../../../pipeline/src/runtime/onnxruntime-node.ts";
import { onnxruntimeWeb } from "../../../../pipeline/src/runtime/onnxruntime-web.ts";
import { seededRandom } from "../../random.ts";
import { float32AtMost, setChain } from "./branch-chain.ts";
import { treeEnsemble } from "./ensemble.ts";
import { lowerEnsemble } from "./lower-ensemble.ts";
import { leafNodes, rawScores } from "./raw-scores.ts";
import { leafTeller, modelOf, near32, runGraph, runTable, tryingCase } from "./testing/lowered.ts";
import { chainTree } from "./testing/chain-tree.ts";
import { categories, numbers, randomEnsemble, tryingTable } from "./testing/random-ensemble.ts";
import { applyLink, type TreeLink } from "./tree-link.ts";

const form = fc.record({
  seed: fc.nat(),
  trees: fc.integer({ min: 1, max: 6 }),
  leaves: fc.integer({ min: 1, max: 40 }),
  outputs: fc.integer({ min: 1, max: 3 }),
  wide: fc.boolean(),
  average: fc.boolean(),
  zero: fc.boolean(),
  codes: fc.constantFrom(0, 1, 2, 5, 32, 33, 70),
});
type Form = typeof form extends fc.Arbitrary<infer T> ? T : never;
const made = ({ zero, codes, ...rest }: Form) =>
  tryingCase(
    { ...rest, features: [...numbers(3, zero), ...(codes > 0 ? [categories("c", codes)] : [])] },
    60,
  );

describe("lowerEnsemble", () => {
  test.each<{ runtime: GraphRuntime; numRuns: number }>([
    { runtime: onnxruntimeNode, numRuns: 40 },
    { runtime: onnxruntimeWeb, numRuns: 15 },
  ])("$runtime.name takes the same path for every row of single precision", async ({ runtime, numRuns }) => {
    await fc.assert(
      fc.asyncProperty(form, async (given) => {
        const { ensemble, table } = made(given);
        expect(await runGraph(runtime, leafTeller(ensemble), table)).toEqual([...leafNodes(ensemble, table)]);
      }),
      { numRuns },
    );
  });

  test("so does the model table of a phone", () => {
    fc.assert(
      fc.property(form, (given) => {
        const { ensemble, table } = made(given);
        expect(runTable(leafTeller(ensemble), table)).toEqual([...leafNodes(ensemble, table)]);
      }),
      { numRuns: 40 },
    );
  });

  test("sums stay within the stated bound", async () => {
    await fc.assert(
      fc.asyncProperty(form, async (given) => {
        const { ensemble, table } = made(given);
        const { outputs, trees, base, average } = ensemble;
        const largest = trees.reduce(
          (sum, { value }) => sum + value.reduce((most, v) => Math.max(most, Math.abs(v)), 0),
          0,
        );
        const expected = rawScores(ensemble, table).values;
        const bound =
          (trees.length + 2) *
          2 ** -24 *
          (Math.max(...base.map(Math.abs)) + largest / (average && outputs === 1 ? trees.length : 1));
        for (const scores of [await runGraph(onnxruntimeNode, ensemble, table), runTable(ensemble, table)])
          for (const [at, score] of scores.entries())
            expect(Math.abs(score - expected[at]!)).toBeLessThanOrEqual(bound);
      }),
      { numRuns: 20 },
    );
  });

  test("links follow as nodes of their own", async () => {
    const links: TreeLink[] = [
      { kind: "exp" },
      { kind: "square" },
      { kind: "softplus" },
      { kind: "softmax" },
      { kind: "sigmoid", scale: 0.7 },
      { kind: "logistic", scale: 1 },
    ];
    for (const link of links) {
      const outputs = link.kind === "softmax" ? 3 : 1;
      const ensemble = randomEnsemble(seededRandom(3), {
        trees: 6,
        leaves: 8,
        outputs,
        features: numbers(2),
      });
      const table = tryingTable(seededRandom(4), ensemble, 20, near32);
      const expected = applyLink(link, rawScores(ensemble, table));
      expect(expected.columns).toBe(link.kind === "logistic" ? 2 : outputs);
      const got = await runGraph(onnxruntimeNode, ensemble, table, link);
      expect(got.length).toBe(expected.values.length);
      for (const [at, value] of got.entries())
        expect(Math.abs(value - expected.values[at]!)).toBeLessThan(
          1e-5 * Math.max(1, Math.abs(expected.values[at]!)),
        );
    }
  });

  test("an ensemble without trees gives its base", async () => {
    const ensemble = treeEnsemble({
      features: numbers(1),
      outputs: 2,
      trees: [],
      base: Float64Array.of(0.5, -2),
    });
    const table = {
      rows: 2,
      columns: [{ kind: "numeric", name: "n0", values: Float64Array.of(1, Number.NaN) }],
    } as const;
    expect(await runGraph(onnxruntimeNode, ensemble, table)).toEqual([0.5, -2, 0.5, -2]);
  });

  test("what is no code goes where NaN does, in chains of either kind", async () => {
    const features = [categories("c", 12)];
    for (const set of [0b1000, 0b1111, 0b111100])
      for (const missingLeft of [0, 1]) {
        const tree = { ...chainTree(1, Uint32Array.of(set)), missingLeft: Uint8Array.of(missingLeft, 0, 0) };
        const ensemble = treeEnsemble({ features, trees: [tree] });
        const graph = await onnxruntimeNode.load(writeOnnx(modelOf(ensemble)));
        const values = Float32Array.of(NaN, -1, 12, 13, 1e9, Infinity, -Infinity, -3);
        const answer = await graph.run({ x: { dims: [values.length, 1], values } }, ["scores"]);
        await graph.release();
        const scores = [...float32Values({ scores: answer["scores"]! }, "scores")];
        expect(scores).toEqual(Array.from(values, () => (missingLeft === 1 ? 1 : 2)));
      }
  });

  test("what single precision cannot hold is refused", () => {
    const one = randomEnsemble(seededRandom(1), { trees: 1, leaves: 1, features: numbers(1) });
    const huge = treeEnsemble({ ...one, trees: [{ ...one.trees[0]!, value: Float64Array.of(1e300) }] });
    expect(() => modelOf(huge)).toThrow(/tree 0, node 0, value.*1e\+300.*MODEL_UNSUPPORTED/);
    const far = treeEnsemble({ ...one, base: Float64Array.of(1e300) });
    expect(() => modelOf(far)).toThrow(/base of output 0.*1e\+300.*MODEL_UNSUPPORTED/);
    const g = graphBuilder("narrow");
    expect(() => lowerEnsemble(g, g.input("x", "float32", ["N", 2]), one)).toThrow(/\[N, 1\].*GRAPH_ILLEGAL/);
  });
});

test("the largest number of single precision that is not above", () => {
  expect(float32AtMost(0.1)).toBe(numberBefore(Math.fround(0.1)));
  expect(float32AtMost(0.3)).toBe(numberBefore(Math.fround(0.3)));
  expect(float32AtMost(0.7)).toBe(Math.fround(0.7));
  expect(float32AtMost(-1e-60)).toBe(-(2 ** -149));
  expect(float32AtMost(1e300)).toBe((2 - 2 ** -23) * 2 ** 127);
  expect(float32AtMost(-1e300)).toBe(-Infinity);
  expect(float32AtMost(Infinity)).toBe(Infinity);
});

test("a set costs the smaller of its codes and its borders", () => {
  const steps = (codes: number, left: readonly number[], missingLeft: boolean) =>
    setChain(codes, (code) => left.includes(code), missingLeft).steps;
  expect(steps(10, [4], false).map(({ mode, value }) => `${mode} ${value}`)).toEqual(["BRANCH_EQ 4"]);
  expect(steps(10, [0, 1, 2, 3], false).map(({ mode, value }) => `${mode} ${value}`)).toEqual([
    "BRANCH_GT 3",
    "BRANCH_GT -1",
  ]);
  expect(steps(10, [0, 1, 2, 3], true).map(({ mode, value }) => `${mode} ${value}`)).toEqual([
    "BRANCH_GT 9",
    "BRANCH_GT 3",
  ]);
  expect(steps(100, [7, 20, 40], false).length).toBe(3);
  expect(steps(100, [], false).length).toBe(1);
});
