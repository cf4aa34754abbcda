import { expect, test } from "vitest";
import { widerArray } from "./wider-array.ts";

test("numbers stay, zeros come behind them, the last ones are cut off", () => {
  expect([...widerArray(Int32Array.of(1, -2), 4)]).toEqual([1, -2, 0, 0]);
  expect([...widerArray(Float64Array.of(0.5, 2, 3), 2)]).toEqual([0.5, 2]);
  // A part of other memory is copied: the rest stays where it is.
  const whole = Uint32Array.of(1, 2, 3, 4);
  expect([...widerArray(whole.subarray(1, 3), 3)]).toEqual([2, 3, 0]);
  expect([...widerArray(whole.subarray(1, 3), 1)]).toEqual([2]);
  expect([...whole]).toEqual([1, 2, 3, 4]);
});
