import { loadTable } from "@tideline/predict";
import { describe, expect, test } from "vitest";
import { graphBuilder, type GraphBuilder } from "../builder.ts";
import type { Value } from "../value.ts";
import { numberBefore } from "./number-before.ts";
import { findSpectrum } from "./spectrum.ts";
import { writeTable, type TableOptions } from "./write-table.ts";

/** The reasons why a graph over `x[N, 4]` is no table. */
function reasonsOf(
  build: (g: GraphBuilder, x: Value) => Value,
  options: TableOptions = {},
  dims: readonly (number | string)[] = ["N", 4],
) {
  const g = graphBuilder("graph");
  g.output("y", build(g, g.input("x", "float32", dims)));
  const result = writeTable(g.build().graph, options);
  return result.ok ? [] : result.reasons;
}

/** The bytes of a graph over `x[N, 4]`. */
function bytesOf(build: (g: GraphBuilder, x: Value) => Value): Uint8Array {
  const g = graphBuilder("graph");
  g.output("y", build(g, g.input("x", "float32", ["N", 4])));
  const result = writeTable(g.build().graph);
  if (!result.ok) throw new Error(JSON.stringify(result.reasons));
  return result.bytes;
}

const TREE = {
  nodes_treeids: [0, 0, 0],
  nodes_nodeids: [0, 1, 2],
  nodes_featureids: [0, 0, 0],
  nodes_values: [0, 0, 0],
  nodes_truenodeids: [1, 0, 0],
  nodes_falsenodeids: [2, 0, 0],
  nodes_modes: ["BRANCH_LEQ", "LEAF", "LEAF"],
  target_treeids: [0, 0],
  target_nodeids: [1, 2],
  target_ids: [0, 0],
  target_weights: [-1, 1],
  n_targets: 1,
} as const;

describe("what keeps a graph from being a table is said, with the node", () => {
  test("numbers of another kind", () => {
    const reasons = reasonsOf((g, x) => {
      const best = g.op("ArgMax", [x], { axis: 1 });
      const sum = g.op("Add", [best, best]);
      return g.op("Cast", [sum], { to: 1 });
    });
    expect(reasons).toEqual([
      { node: "Add_1", op: "Add", reason: "a table computes in float32, and this in int64" },
    ]);
  });

  test("every node that does not fit, and none that only follows", () => {
    const reasons = reasonsOf((g, x) => {
      const double = (value: Value) => g.op("Cast", [value], { to: 11 });
      const left = g.op("Cast", [g.op("Sqrt", [double(x)])], { to: 1 });
      const right = g.op("Cast", [double(g.op("Abs", [x]))], { to: 1 });
      return g.op("Add", [left, right]);
    });
    expect(reasons.map(({ node }) => node)).toEqual(["Cast_1", "Cast_3"]);
  });

  test("indices that are computed", () => {
    const reasons = reasonsOf((g, x) => g.op("Gather", [x, g.op("ArgMax", [x], { axis: 1 })], { axis: 1 }));
    expect(reasons).toMatchObject([{ op: "Gather", reason: "indices computed as the graph runs" }]);
  });

  test("a threshold that is NaN", () => {
    const reasons = reasonsOf((g, x) =>
      g.op("TreeEnsembleRegressor", [x], { ...TREE, nodes_values: [Number.NaN, 0, 0] }),
    );
    expect(reasons).toMatchObject([{ op: "TreeEnsembleRegressor", reason: "a threshold that is NaN" }]);
  });

  test("lengths that are not known, inputs and outputs", () => {
    const copy = (g: GraphBuilder, x: Value) => g.op("Neg", [x]);
    const whole = (reason: string) => [
      { node: "", op: "", reason: expect.stringContaining(reason) as string },
    ];
    expect(reasonsOf(copy, {}, ["N", "T"])).toEqual(whole("known lengths"));
    expect(reasonsOf(copy, { outputs: ["z"] })).toEqual(whole('"z"'));
    expect(reasonsOf(copy, { outputs: [] })).toEqual(whole("no output"));
    expect(reasonsOf(copy, { labels: ["a\0"] })).toEqual(whole("U+0000"));
    const two = reasonsOf((g, x) => g.op("Add", [x, g.input("other", "float32", ["N", 4])]));
    expect(two).toEqual(whole("one input is needed, and there are 2"));
  });

  test("more text than a reader allows, to the byte", () => {
    const copy = (g: GraphBuilder, x: Value) => g.op("Neg", [x]);
    // The names "x" and "y" take 4 bytes, each label its zero.
    const labels = (count: number) => ["ü".repeat(1000), "a".repeat(count - 2001 - 1)];
    const most = 2 ** 20 - 4;
    expect(reasonsOf(copy, { labels: labels(most) })).toEqual([]);
    expect(reasonsOf(copy, { labels: labels(most + 1) })).toEqual([
      { node: "", op: "", reason: "names and labels of 1048577 bytes, above 1048576" },
    ]);
  });

  test("more memory or work than a reader allows", () => {
    const dims = ["N", 2 ** 24];
    expect(reasonsOf((g, x) => g.op("Neg", [x]), {}, dims)).toMatchObject(
      [{ reason: /malformed table/ }].map(({ reason }) => ({
        reason: expect.stringMatching(reason) as string,
      })),
    );
  });
});

describe("what a table holds", () => {
  test("is the same each time", () => {
    const build = (g: GraphBuilder, x: Value) => g.op("Softmax", [g.op("Mul", [x, x])]);
    expect(bytesOf(build)).toEqual(bytesOf(build));
  });

  test("is nothing that the outputs do not need, and constants computed beforehand", () => {
    const lean = bytesOf((g, x) => g.op("Neg", [x]));
    const fat = bytesOf((g, x) => {
      g.op("Exp", [g.op("Add", [x, g.constant(new Float32Array(4).fill(0.1))])]);
      return g.op("Neg", [x]);
    });
    expect(fat).toEqual(lean);
    const folded = bytesOf((g, x) => g.op("Add", [x, g.op("Mul", [g.scalar(2), g.scalar(3)])]));
    expect(folded).toEqual(bytesOf((g, x) => g.op("Add", [x, g.scalar(6)])));
  });

  test("takes a function behind a product into it", () => {
    const weights = new Float32Array(12).fill(0.3);
    const plain = bytesOf((g, x) => g.op("Gemm", [x, g.constant(weights, [4, 3])]));
    const active = bytesOf((g, x) => g.op("Relu", [g.op("Gemm", [x, g.constant(weights, [4, 3])])]));
    expect(active.length).toBe(plain.length);
    expect([...loadTable(active).run(Float32Array.of(-1, 0, 0, 0))]).toEqual([0, 0, 0]);
  });

  test("are bytes for constants that are whole multiples of one number", () => {
    const whole = Float32Array.from({ length: 64 }, (_, at) => (at % 5) / 8);
    const size = (values: Float32Array) =>
      bytesOf((g, x) => g.op("MatMul", [x, g.constant(values, [4, 16])])).length;
    expect(size(whole.map((value) => value + 0.001)) - size(whole)).toBe(4 * 64 - (64 + 12));
    const table = loadTable(bytesOf((g, x) => g.op("MatMul", [x, g.constant(whole, [4, 16])])));
    expect([...table.run(Float32Array.of(1, 0, 0, 0))]).toEqual([...whole.subarray(0, 16)]);
  });

  test("a deep tree, whatever the order of its nodes", () => {
    const depth = 20_000;
    const count = 2 * depth + 1;
    const branch = (at: number) => at % 2 === 0 && at < count - 1;
    const each = <T>(value: (at: number) => T): T[] => Array.from({ length: count }, (_, at) => value(at));
    const leaves = each((at) => at).filter((at) => !branch(at));
    const bytes = bytesOf((g, x) =>
      g.op("TreeEnsembleRegressor", [x], {
        ...TREE,
        nodes_treeids: each(() => 0),
        nodes_nodeids: each((at) => at),
        nodes_featureids: each(() => 3),
        nodes_values: each((at) => at / 2),
        nodes_modes: each((at) => (branch(at) ? "BRANCH_GT" : "LEAF")),
        nodes_truenodeids: each((at) => (branch(at) ? at + 2 : 0)),
        nodes_falsenodeids: each((at) => (branch(at) ? at + 1 : 0)),
        target_treeids: leaves.map(() => 0),
        target_nodeids: leaves,
        target_ids: leaves.map(() => 0),
        target_weights: leaves.map((at) => (at - 1) / 2),
      }),
    );
    const table = loadTable(bytes);
    for (const x of [-1, 0, 0.5, 777, 19_998.5, 1e9])
      expect(table.run(Float32Array.of(0, 0, 0, x))[0]).toBe(
        x > depth - 1 ? depth - 0.5 : Math.max(0, Math.ceil(x)),
      );
  });
});

test("the number before a number", () => {
  expect(numberBefore(1)).toBe(1 - 2 ** -24);
  expect(numberBefore(-1)).toBe(-1 - 2 ** -23);
  expect(numberBefore(0)).toBe(-(2 ** -149));
  expect(numberBefore(-0)).toBe(-(2 ** -149));
  expect(numberBefore(2 ** -149)).toBe(0);
  expect(numberBefore(Infinity)).toBe((2 - 2 ** -23) * 2 ** 127);
  expect(numberBefore(-Infinity)).toBeNaN();
});

describe("waves of a spectrum", () => {
  const [size, first, bins] = [16, 1, 4];
  const matrix = () =>
    Float64Array.from({ length: 2 * bins * size }, (_, at) => {
      const [row, t] = [Math.floor(at / size), at % size];
      const bin = first + (row % bins);
      const angle = (2 * Math.PI * bin * t) / size;
      const taper = 0.5 - 0.5 * Math.cos((2 * Math.PI * t) / size);
      return taper * (row < bins ? Math.cos(angle) : Math.sin(angle)) + (row === 0 ? 0.25 : 0);
    });
  const dims = [2 * bins, size];

  test("are recognised, rounded to single precision too", () => {
    expect(findSpectrum({ dims, constant: matrix() })).toEqual({ size, first, bins });
    expect(findSpectrum({ dims, constant: matrix().map(Math.fround) })).toEqual({ size, first, bins });
  });

  test("are not where one number is another", () => {
    for (const at of [0, 5, size * bins, 2 * bins * size - 1]) {
      const constant = matrix();
      constant[at]! += 3e-7;
      expect(findSpectrum({ dims, constant })).toBeUndefined();
    }
    expect(findSpectrum({ dims: [bins, 2 * size], constant: matrix() })).toBeUndefined();
  });
});
