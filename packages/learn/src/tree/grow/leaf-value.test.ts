import { expect, test } from "vitest";

import { leafValue } from "./leaf-value.ts";

const FREE = { maxDelta: 0, lower: -Infinity, upper: Infinity };

test("minus the shrunk gradient by the hessian, within bounds", () => {
  expect(leafValue({ gradient: -6, hessian: 2 }, 0, 1, FREE)).toBe(2);
  expect(leafValue({ gradient: -6, hessian: 2 }, 3, 1, FREE)).toBe(1);
  expect(leafValue({ gradient: 2, hessian: 2 }, 3, 1, FREE)).toBe(0);
  expect(leafValue({ gradient: -6, hessian: 2 }, 0, 1, { ...FREE, maxDelta: 0.5 })).toBe(0.5);
  expect(leafValue({ gradient: 6, hessian: 2 }, 0, 1, { ...FREE, maxDelta: 0.5 })).toBe(-0.5);
  // Monotone bounds come last.
  expect(leafValue({ gradient: 6, hessian: 2 }, 0, 1, { maxDelta: 0.5, lower: 3, upper: 4 })).toBe(3);
});

test("without anything to divide by, 0 or the nearest bound", () => {
  expect(leafValue({ gradient: -6, hessian: 0 }, 0, 0, FREE)).toBe(0);
  expect(leafValue({ gradient: 0, hessian: 0 }, 0, 0, { ...FREE, lower: 1, upper: 2 })).toBe(1);
  expect(leafValue({ gradient: 0, hessian: 0 }, 0, 0, { ...FREE, lower: -2, upper: -1 })).toBe(-1);
});
