import { expect, test } from "vitest";
import { resultsOf } from "./calibrate/run-row.ts";
import { mixedPrecision } from "./mixed.ts";
import { quantise } from "./quantise.ts";
import { agreement } from "./score.ts";
import { collapsingNet, ort, rowsOf, windowNet } from "./testing/small-net.ts";

const calibration = { runtime: ort, rows: rowsOf(100, [4, 32], 2), method: "range" } as const;
const trial = { runtime: ort, rows: rowsOf(200, [4, 32], 4) };

test("a net that collapses in whole numbers, of one channel with a huge range, is repaired without a person", async () => {
  const net = collapsingNet(5000);
  const reference = await resultsOf(ort, net, trial.rows);
  const { model: collapsed } = await quantise(net, { calibration, nearest: true });
  const before = agreement(reference)(await resultsOf(ort, collapsed, trial.rows));
  expect(before).toBeLessThan(0.9);
  const mixed = await mixedPrecision(net, { calibration, trial, gate: 0.02 });
  const after = agreement(reference)(await resultsOf(ort, mixed.model, trial.rows));
  expect(after).toBeGreaterThanOrEqual(0.98);
  expect(mixed.score).toBe(after);
  // Only the layer that the channel goes into gave up whole numbers.
  expect(mixed.layers.filter(({ precision }) => precision === "int8").length).toBeGreaterThanOrEqual(2);
  expect(mixed.layers.some(({ precision }) => precision !== "int8")).toBe(true);
  expect(mixed.layers.every(({ precision }) => precision !== "float32")).toBe(true);
});

test("evening out the ranges of channels repairs it too", async () => {
  const net = collapsingNet(5000);
  const score = agreement(await resultsOf(ort, net, trial.rows));
  const { model } = await quantise(net, { calibration, equalise: true, nearest: true });
  expect(score(await resultsOf(ort, model, trial.rows))).toBeGreaterThan(0.95);
});

test("a gate that holds leaves every layer the cheapest, one of nothing lets nothing fall", async () => {
  const loose = await mixedPrecision(windowNet(), { calibration, trial, gate: 1, ladder: ["int8"] });
  expect(loose.steps).toEqual([]);
  expect(loose.layers.map(({ precision }) => precision)).toEqual(["int8", "int8", "int8", "int8"]);
  const strict = await mixedPrecision(windowNet(), { calibration, trial, gate: 0, ladder: ["int8"] });
  expect(strict.score).toBe(strict.scoreBefore);
});

test("what no gate can be held with ends in float32", async () => {
  let calls = 0;
  // The model before is good, any other is not.
  const score = (): number => (calls++ === 0 ? 1 : 0);
  const { layers, model } = await mixedPrecision(windowNet(), {
    calibration,
    trial: { ...trial, score },
    ladder: ["int8"],
  });
  expect(layers.every(({ precision }) => precision === "float32")).toBe(true);
  expect(model.graph.nodes.some(({ op }) => op === "QuantizeLinear")).toBe(false);
});

test("options that are none are refused by name", async () => {
  const refused = async (options: object): Promise<unknown> =>
    mixedPrecision(windowNet(), { calibration, trial, ...options }).catch((error: Error) => error.message);
  expect(await refused({ gate: -1 })).toMatch(/gate: expected a number of at least 0, received -1/);
  expect(await refused({ ladder: ["int3"] })).toMatch(/ladder: expected float32, .*received int3/);
  expect(await refused({ trial: { runtime: ort, rows: [] } })).toMatch(/trial.rows: expected rows/);
  expect(await refused({ block: 12 })).toMatch(/block: expected 0, or a power of two/);
  expect(await refused({ calibration: { runtime: ort, rows: [] } })).toMatch(/calibration.rows/);
});
