import { graphBuilder, type OnnxModel } from "@tideline/graph";
import { checkClassicForm, interpretClassic, readClassicForm, writeMlModel } from "@tideline/graph/coreml";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bytesOf, compared } from "./coreml/classic-row.ts";
import { ensembleGraphs } from "./litert/suite-tree.ts";

const FLOATS = fc.float({ noNaN: true });

/** The numbers around each threshold, the ends, and what is missing. */
function tryingNumbers(thresholds: readonly number[]): readonly number[] {
  const beside = (value: number): readonly number[] => {
    const view = new DataView(new ArrayBuffer(4));
    view.setFloat32(0, value);
    return [-1, 0, 1].map((step) => {
      const near = new DataView(new ArrayBuffer(4));
      near.setInt32(0, view.getInt32(0) + step);
      return near.getFloat32(0);
    });
  };
  const ends = [0, -0, 2 ** -149, -(2 ** -149), 3.4e38, -3.4e38, Infinity, -Infinity, NaN];
  return [...thresholds.flatMap((value) => (Number.isFinite(value) ? beside(value) : [value])), ...ends];
}

/** A branch at each threshold of every mode and direction for what is missing, each a tree of its own that adds a power of two. */
function branchModel(
  branches: readonly { readonly mode: string; readonly value: number; readonly missing: boolean }[],
): OnnxModel {
  const g = graphBuilder("branches");
  const x = g.input("x", "float32", ["N", 1]);
  const each = <T>(of: (branch: (typeof branches)[number], tree: number) => readonly T[]): T[] =>
    branches.flatMap(of);
  const y = g.op("TreeEnsembleRegressor", [x], {
    nodes_treeids: each((_, tree) => [tree, tree, tree]),
    nodes_nodeids: each(() => [0, 1, 2]),
    nodes_modes: each(({ mode }) => [mode, "LEAF", "LEAF"]),
    nodes_featureids: each(() => [0, 0, 0]),
    nodes_values: each(({ value }) => [value, 0, 0]),
    nodes_truenodeids: each(() => [1, 0, 0]),
    nodes_falsenodeids: each(() => [2, 0, 0]),
    nodes_missing_value_tracks_true: each(({ missing }) => [missing ? 1 : 0, 0, 0]),
    target_treeids: each((_, tree) => [tree, tree]),
    target_nodeids: each(() => [1, 2]),
    target_ids: each(() => [0, 0]),
    target_weights: each((_, tree) => [2 ** tree, 0]),
    n_targets: 1,
  });
  g.output("y", y);
  return g.build();
}

const MODES = ["BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE", "BRANCH_GT", "BRANCH_EQ", "BRANCH_NEQ"];

describe("classic trees", () => {
  test("every mode goes the way of the graph at its threshold, beside it, at the ends and missing", () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ mode: fc.constantFrom(...MODES), value: FLOATS, missing: fc.boolean() }), {
          minLength: 1,
          maxLength: 12,
        }),
        (branches) => {
          const values = tryingNumbers(branches.map(({ value }) => value));
          const { far } = compared(branchModel(branches), { x: { dims: [values.length, 1], values } });
          expect(far).toBe(0);
        },
      ),
      { numRuns: 60 },
    );
  });

  test("ensembles with sets of categories say what the interpreter says, to the last digit", () => {
    for (const { name, model, feed } of ensembleGraphs()) {
      const { far } = compared(model, feed);
      expect([name, far <= 1e-12]).toEqual([name, true]);
    }
  });

  test("the same graph gives the same bytes", () => {
    const [{ model }] = ensembleGraphs() as [ReturnType<typeof ensembleGraphs>[0]];
    expect(bytesOf(model)).toEqual(bytesOf(model));
  });

  test("an index of a feature that is one off is caught: beyond the vector by the checks, within it by the answers", () => {
    const { model, feed } = ensembleGraphs()[1]!;
    const form = readClassicForm(bytesOf(model));
    if (form.body.kind !== "trees") throw new Error("trees");
    const shifted = (by: number): typeof form => ({
      ...form,
      body: {
        ...(form.body as Extract<typeof form.body, { kind: "trees" }>),
        nodes: (form.body as Extract<typeof form.body, { kind: "trees" }>).nodes.map((node) => ({
          ...node,
          feature: node.behaviour === 6 ? 0 : (node.feature + by) % (by === 1 ? 4 : 3),
        })),
      },
    });
    const all = shifted(1);
    expect(() => checkClassicForm(all)).toThrow("feature index below 3");
    const around = shifted(2);
    expect(() => checkClassicForm(around)).not.toThrow();
    const rows = Array.from({ length: feed["x"]!.dims[0]! }, (_, row) =>
      Array.from({ length: 3 }, (__, at) => feed["x"]!.values[row * 3 + at]!),
    );
    const differ = rows.filter(
      (x) =>
        JSON.stringify([...(Object.values(interpretClassic(form, { x }))[1] as never)]) !==
        JSON.stringify([...(Object.values(interpretClassic(around, { x }))[1] as never)]),
    );
    expect(differ.length).toBeGreaterThan(0);
  });
});

test("what has no classic form is told with a reason and what comes nearest", () => {
  const g = graphBuilder("curve");
  const x = g.input("x", "float32", ["N", 2]);
  g.output("y", g.op("Exp", [g.op("Gemm", [x, g.constant(Float32Array.of(1, 2), [2, 1])])]));
  const result = writeMlModel(g.build());
  expect(result.ok).toBe(false);
  expect(!result.ok && result.reasons).toMatchObject([
    { op: "Exp", instead: expect.stringContaining("app") },
  ]);
});
