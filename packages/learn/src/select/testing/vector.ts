import { readFileSync } from "node:fs";
import { expect } from "vitest";
import { matrixOf, type Matrix } from "../../matrix.ts";

/** A committed vector file of selections. */
export function vector<Shape>(name: string): Shape {
  const file = new URL(`../../../../../vectors/prepare/select/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, "utf8")) as Shape;
}

/** A matrix from JSON: `null` is NaN. */
export function matrixFrom(rows: readonly (readonly (number | null)[])[]): Matrix {
  return matrixOf(rows.map((row) => row.map((value) => value ?? NaN)));
}

/** Numbers agree to a share of their size (or to it absolutely, below 1e-290 not at all); `null` is NaN. */
export function expectNear(
  ours: ArrayLike<number>,
  theirs: readonly (number | null)[],
  tolerance: number,
  what: string,
  floor = 0,
): void {
  expect(ours.length, what).toBe(theirs.length);
  for (let at = 0; at < theirs.length; at++) {
    const [a, b] = [ours[at]!, theirs[at] ?? NaN];
    if (Number.isNaN(b)) expect(a, `${what}[${at}]`).toBeNaN();
    else
      expect(Math.abs(a - b), `${what}[${at}]: ${a}, ${b}`).toBeLessThanOrEqual(
        tolerance * Math.abs(b) + floor,
      );
  }
}
