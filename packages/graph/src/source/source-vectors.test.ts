import { expect, test } from "vitest";
import { graphBuilder } from "../builder.ts";
import { ELEMENT_TYPES, type ElementType } from "../element-type.ts";
import { sourceVectors } from "./source-vectors.ts";

/** What a typed array makes of numbers is what it was given: whole, and within what the type holds. */
test.each(["int8", "uint8", "int16", "uint16", "int32", "uint32", "int64"] as const)(
  "rows of %s hold numbers of that type alone, with or without a range",
  (type: ElementType) => {
    const g = graphBuilder("whole");
    g.output("y", g.op("Cast", [g.input("x", type, ["N", 4])], { to: 1 }));
    const { x: given } = sourceVectors(g.build(), { seed: 1, count: 50 }).inputs;
    const { x: wide } = sourceVectors(g.build(), { seed: 1, count: 50, ranges: { x: [-1e6, 1e6] } }).inputs;
    for (const values of [given!, wide!] as (readonly number[])[]) {
      const stored = ELEMENT_TYPES[type].over(new ArrayBuffer(values.length * ELEMENT_TYPES[type].bytes));
      for (const [at, value] of values.entries())
        if (stored instanceof BigInt64Array) stored[at] = BigInt(value);
        else stored[at] = value;
      expect(Array.from(stored as Int32Array, Number)).toEqual(values.map((value) => value + 0));
      expect(new Set(values).size).toBeGreaterThan(1);
    }
  },
);

test("pixels of 8 bits come from everywhere, places of a table from within what they are said to be", () => {
  const g = graphBuilder("ends");
  const pixels = g.op("Cast", [g.input("pixels", "uint8", ["N", 8])], { to: 1 });
  const table = g.constant(Float32Array.of(1, 2, 3, 4, 5, 6), [6]);
  g.output("y", g.op("Add", [pixels, g.op("Gather", [table, g.input("place", "int32", ["N", 8])])]));
  const { inputs, outputs } = sourceVectors(g.build(), { seed: 3, count: 40, ranges: { place: [0, 5] } });
  expect(Math.max(...(inputs["pixels"] as number[]))).toBeGreaterThan(240);
  expect(new Set(inputs["place"])).toEqual(new Set([0, 1, 2, 3, 4, 5]));
  expect(outputs["y"]!.every(Number.isFinite)).toBe(true);
});
