import * as fc from "fast-check";
import { expect, test } from "vitest";
import { sortByKey } from "./sort-by-key.ts";

test("places come by their keys, those of equal keys as they were", () => {
  const keys = fc.array(fc.constantFrom(-Infinity, -1, -0, 0, 0.5, 1, Infinity), { maxLength: 256 });
  const mixed = fc.oneof(keys, fc.array(fc.double({ noNaN: true }), { maxLength: 256 }));
  fc.assert(
    fc.property(mixed, (given) => {
      const places = Int32Array.from({ length: 256 }, (_, at) => at);
      sortByKey(places, given.length, Float64Array.from(given));
      const wanted = [...given.keys()].sort((one, other) =>
        given[one]! < given[other]! ? -1 : given[one]! > given[other]! ? 1 : 0,
      );
      expect([...places.subarray(0, given.length)]).toEqual(wanted);
      expect([...places.subarray(given.length)]).toEqual([...Array(256).keys()].slice(given.length));
    }),
  );
});
