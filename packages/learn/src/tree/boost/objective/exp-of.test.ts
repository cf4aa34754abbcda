import { expect, test } from "vitest";
import { seededRandom } from "../../../random.ts";
import { expOf } from "./exp-of.ts";

test("is within two units in the last place of the engine's", () => {
  const random = seededRandom(1);
  let most = 0;
  for (let i = 0; i < 20000; i++) {
    const x = (random.uniform() - 0.5) * (i % 2 === 0 ? 1400 : 4);
    most = Math.max(most, Math.abs(expOf(x) / Math.exp(x) - 1));
  }
  expect(most).toBeLessThan(2 * Number.EPSILON);
});

test("ends where float64 does", () => {
  expect([expOf(0), expOf(-0), expOf(-709), expOf(-Infinity)]).toEqual([1, 1, 0, 0]);
  expect([expOf(710), expOf(Infinity)]).toEqual([Infinity, Infinity]);
  expect(expOf(NaN)).toBeNaN();
  for (const x of [709.7, 709.782712893384, -708])
    expect(Math.abs(expOf(x) / Math.exp(x) - 1)).toBeLessThan(1e-15);
});
