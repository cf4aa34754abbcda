import { expect, expectTypeOf, test } from "vitest";
import type { BoostedTreesOptions } from "../boost-option.ts";
import { madeClasses, madeGrades, madeRows } from "../testing/made-rows.ts";
import { boostedTrees } from "./boosted-trees.ts";
import type { BoostRows } from "./label-row.ts";

const { columns, y } = madeRows(60, 9);
const plain = { rounds: 2, leaves: 4, minChildRows: 2, categorical: ["d"] } as const;
const whole = Int32Array.from(y, (value) => Math.round(3 * value));
const weights = Int32Array.from(y, (_, row) => row % 3);
const fitted = async (options: object, rows: unknown) =>
  (await boostedTrees({ ...plain, ...options } as BoostedTreesOptions).fit(rows as never)).ensemble;

test.each([
  [{}, { y: madeClasses(y, 2), classes: ["no", "yes"] }],
  [{ task: "regression" }, { y: Float64Array.from(whole) }],
  [{ task: "ranking" }, madeGrades(y)],
])("weights may be of any numbers: %#", async (options, labels) => {
  const rows = { columns, ...labels };
  const expected = await fitted(options, { ...rows, sampleWeight: Float64Array.from(weights) });
  for (const sampleWeight of [weights, Uint8Array.from(weights), Float32Array.from(weights), [...weights]])
    expect(await fitted(options, { ...rows, sampleWeight })).toEqual(expected);
});

test("labels may be of any numbers, and the types say so", async () => {
  const regression = { task: "regression" } as const;
  const expected = await fitted(regression, { columns, y: Float64Array.from(whole) });
  for (const labels of [whole, Int16Array.from(whole), [...whole]])
    expect(await fitted(regression, { columns, y: labels })).toEqual(expected);
  expectTypeOf<{ columns: typeof columns; y: Int32Array; sampleWeight: Uint8Array }>().toExtend<
    BoostRows<"regression">
  >();
});

test.each([
  [{ thread: 2 }, /thread: expected one of the options validation, .*received 2/],
  [{ crew: {} }, /crew: expected one of the options/],
  [{ kernels: "webassembly" }, /kernels: expected what opens kernels/],
  [{ signal: 1 }, /signal: expected an AbortSignal/],
  [{ onRound: "stop" }, /onRound: expected a function/],
  [{ constructor: 1 }, /constructor: expected one of the options/],
])("what a fit takes beside rows is named where it is not known: %#", async (options, message) => {
  const rows = { columns, y: madeClasses(y, 2), classes: ["no", "yes"] };
  await expect(boostedTrees(plain).fit(rows, options as never)).rejects.toThrow(
    expect.objectContaining({ code: "DEFINITION_ILLEGAL", message: expect.stringMatching(message) }),
  );
});
