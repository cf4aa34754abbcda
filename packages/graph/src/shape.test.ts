import * as fc from "fast-check";
import { expect, test } from "vitest";
import { broadcast, productOf, quotientOf } from "./shape.ts";

const dim = fc.oneof(fc.integer({ min: 1, max: 9 }), fc.constantFrom("N", "M", "T"));
const dims = fc.array(dim, { maxLength: 4 });

test("a product does not depend on order or grouping, and divides by each of its parts", () => {
  fc.assert(
    fc.property(dims, dims, (left, right) => {
      const whole = productOf([...left, ...right]);
      expect(productOf([...right, ...left])).toBe(whole);
      expect(productOf([productOf(left), productOf(right)])).toBe(whole);
      expect(quotientOf(whole, productOf(left))).toBe(productOf(right));
    }),
    { seed: 4 },
  );
});

test("a quotient that is not known to be whole is undefined", () => {
  expect(quotientOf("5*N", 2)).toBeUndefined();
  expect(quotientOf("N", "M")).toBeUndefined();
  expect(quotientOf(4, 0)).toBeUndefined();
});

test("named lengths broadcast with themselves and with 1 only", () => {
  expect(broadcast(["N", 1], [3])).toEqual(["N", 3]);
  expect(broadcast(["N"], [1])).toEqual(["N"]);
  expect(broadcast(["N"], ["N"])).toEqual(["N"]);
  expect(broadcast(["N"], [3])).toBeUndefined();
  expect(broadcast(["N"], ["M"])).toBeUndefined();
});
