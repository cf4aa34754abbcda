import { expect, test } from "vitest";
import { openWasmKernels } from "../../kernel/wasm-kernels.ts";
import { binTable } from "../../bin/bin-table.ts";
import { treeTable } from "../../bin/table-rows.ts";
import { boost } from "../boost.ts";
import { boostSettings } from "../boost-setting.ts";
import { binaryLogLoss } from "../objective/binary-log-loss.ts";
import { boostedTrees } from "./boosted-trees.ts";
import { heldRows, takenUp } from "./kernel-twin.ts";

test("a fit of classes holds their labels once, in the kernels, and its rounds ask for no copy", async () => {
  const rows = 300;
  const x = Float64Array.from({ length: rows }, (_, row) => Math.sin(row));
  const table = binTable(treeTable({ columns: { x } }));
  const objective = binaryLogLoss();
  const given = Int32Array.from(x, (value) => +(value > 0.3));
  const labels = { y: new Float64Array(given), ownLabels: true };
  const target = { rows, ...labels, weight: undefined, classes: 2, groups: undefined };
  const kernels = await openWasmKernels(table, { slots: 4, leaves: 4, ...heldRows(objective, target, 1) });
  const start = (into: Float64Array = new Float64Array(rows)) => into.fill(0);
  const held = takenUp(kernels, objective, target, start, false);
  expect(target.y).toHaveLength(0);
  const asked: PropertyKey[] = [];
  const watched = new Proxy(held.target, {
    get: (own, name) => (asked.push(name), Reflect.get(own, name) as unknown),
  });
  const settings = boostSettings("test", { rounds: 3, leaves: 4, minChildRows: 5 });
  const constraints = { monotone: undefined, interactions: undefined };
  const run = { ...held, target: watched, kernels, settings, constraints, firstRound: 0 };
  expect((await boost(run)).rounds).toBe(3);
  expect(asked).not.toContain("y");
  expect(held.target.y).toEqual(new Float64Array(given));
  kernels.release();
});

test("labels that belong to the caller, or are asked for in every round, stay", async () => {
  const rows = 3;
  const table = binTable(treeTable({ columns: { x: [1, 2, 3] } }), { minBinRows: 1 });
  const objective = binaryLogLoss();
  for (const [own, asked] of [
    [true, false],
    [false, true],
  ] as const) {
    const labels = { y: Float64Array.of(0, 1, 1), ownLabels: !own };
    const target = { rows, ...labels, weight: undefined, classes: 2, groups: undefined };
    const kernels = await openWasmKernels(table, { slots: 2, leaves: 2, ...heldRows(objective, target, 1) });
    const start = (into: Float64Array = new Float64Array(rows)) => into;
    const held = takenUp(kernels, objective, target, start, asked);
    expect(held.target.y).toBe(target.y);
    expect(target.y).toHaveLength(3);
    kernels.release();
  }
});

test("labels behind a getter that gives another view of one buffer each time stay the caller's", async () => {
  const memory = Float64Array.from({ length: 120 }, (_, row) => Math.cos(row));
  const x = Float64Array.from({ length: 60 }, (_, row) => Math.sin(row));
  const settings = { task: "regression", rounds: 2, leaves: 3, minChildRows: 2 } as const;
  const before = memory.slice();
  await boostedTrees(settings).fit({
    columns: { x },
    get y() {
      return memory.subarray(0, 60);
    },
  });
  expect(memory).toEqual(before);
});
