import { cellToLatLng, getHexagonEdgeLengthAvg, UNITS } from "h3-js";
import { expect, test } from "vitest";
import { frameOf } from "../../frame/frame-of.ts";
import { seededRandom } from "../../random.ts";
import { readTransform, storeTransform } from "../store-transform.ts";
import { transformChecks } from "../testing/transform-check.ts";
import { fitTransform } from "../transform.ts";
import { haversine } from "./great-circle.ts";
import { H3_CELL, h3Cell } from "./h3-cell.ts";

for (const resolution of [7, 0, 15])
  for (const { name, run } of transformChecks(H3_CELL as never, {
    options: { latitude: "plain", longitude: "grid", columns: ["plain", "grid"], resolution },
  }))
    test(`${resolution}: ${name}`, run);

/** The cells of places, null where there is none. */
function cellsOf(lat: readonly (number | null)[], lon: readonly number[], resolution?: number) {
  const rows = frameOf({ lat, lon });
  const own = h3Cell({
    latitude: "lat",
    longitude: "lon",
    ...(resolution === undefined ? {} : { resolution }),
  });
  const fitted = fitTransform(own, rows);
  const made = readTransform(storeTransform(fitted), { transforms: { h3Cell: H3_CELL as never } }).transform(
    rows,
  );
  const column = made.columns.find(({ name }) => name === "h3")!;
  if (column.kind !== "string") throw new Error(column.kind);
  return Array.from(column.codes, (code) => column.dictionary[code] ?? null);
}

test("cells are those of H3, round the world too; what is no place has none", () => {
  expect(cellsOf([37.3615593], [-122.0553238])).toEqual(["87283472bffffff"]);
  const [here, again, ...none] = cellsOf(
    [10, 10, 91, null, Number.NaN, 10, -90.5],
    [181, -179, 0, 0, 0, Infinity, 0],
  );
  expect(here).toBe(again);
  expect(none).toEqual([null, null, null, null, null]);
});

test("a place is within its cell", () => {
  const random = seededRandom(4);
  const lat = Array.from({ length: 300 }, () => 180 * random.uniform() - 90);
  const lon = lat.map(() => 360 * random.uniform() - 180);
  for (const resolution of [3, 9]) {
    // Hexagons differ in size: the largest has less than twice the average edge.
    const reach = 2 * getHexagonEdgeLengthAvg(resolution, UNITS.m);
    for (const [at, cell] of cellsOf(lat, lon, resolution).entries()) {
      const [north, east] = cellToLatLng(cell!);
      expect(haversine(lat[at]!, lon[at]!, north, east)).toBeLessThan(reach);
    }
  }
});
