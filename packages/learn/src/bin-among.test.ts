import { assert, double, float, property, uniqueArray } from "fast-check";
import { expect, test } from "vitest";
import { edgesBelow, edgesUpTo } from "./bin-among.ts";

test("a bin among edges is the number of edges below it, or not above it", () => {
  assert(
    property(
      uniqueArray(float({ noNaN: true }), { selector: (edge) => edge + 0 }),
      double({ noNaN: true }),
      (list, other) => {
        const edges = Float64Array.from(list).sort();
        for (const value of [...edges, other, -Infinity, Infinity]) {
          expect(edgesBelow(edges, value)).toBe(edges.filter((edge) => edge < value).length);
          expect(edgesUpTo(edges, value)).toBe(edges.filter((edge) => edge <= value).length);
        }
      },
    ),
  );
});
