import { loadTable } from "@tideline/predict";
import { expect, test } from "vitest";
import { graphBuilder } from "../builder.ts";
import { interpret } from "../interpret.ts";
import { writeTable } from "../table/write-table.ts";

/** x in {2, 3, 7} ? 10 : x <= 20 ? 30 : 40, the set asked by a chain whose branches share what follows. */
const SHARED = {
  nodes_treeids: [0, 0, 0, 0, 0, 0, 0],
  nodes_nodeids: [0, 1, 2, 3, 4, 5, 6],
  nodes_modes: ["BRANCH_EQ", "BRANCH_EQ", "BRANCH_EQ", "LEAF", "BRANCH_LEQ", "LEAF", "LEAF"],
  nodes_featureids: [0, 0, 0, 0, 0, 0, 0],
  nodes_values: [2, 3, 7, 0, 20, 0, 0],
  nodes_truenodeids: [3, 3, 3, 0, 5, 0, 0],
  nodes_falsenodeids: [1, 2, 4, 0, 6, 0, 0],
  target_treeids: [0, 0, 0],
  target_nodeids: [3, 5, 6],
  target_ids: [0, 0, 0],
  target_weights: [10, 30, 40],
  n_targets: 1,
};

function modelOf(change: Partial<typeof SHARED> = {}) {
  const g = graphBuilder("shared");
  g.output("y", g.op("TreeEnsembleRegressor", [g.input("x", "float32", ["N", 1])], { ...SHARED, ...change }));
  return g.build();
}

test("branches may share what follows, in the interpreter and in a table", () => {
  const values = Float32Array.of(1, 2, 2.5, 3, 7, 8, 20, 21, Number.NaN);
  const expected = [30, 10, 30, 10, 10, 30, 30, 40, 40];
  const model = modelOf();
  const { y } = interpret(model, { x: { dims: [values.length, 1], values } });
  expect([...y!.values]).toEqual(expected);
  const result = writeTable(model.graph);
  if (!result.ok) throw new Error(JSON.stringify(result.reasons));
  const table = loadTable(result.bytes);
  expect(Array.from(values, (x) => table.run(Float32Array.of(x))[0])).toEqual(expected);
});

test("a way back is refused, to the first node or another", () => {
  expect(() => modelOf({ nodes_truenodeids: [3, 0, 3, 0, 5, 0, 0] })).toThrow(/not its first.*GRAPH_ILLEGAL/);
  expect(() => modelOf({ nodes_falsenodeids: [1, 2, 1, 0, 6, 0, 0] })).toThrow(/no way back.*GRAPH_ILLEGAL/);
});
