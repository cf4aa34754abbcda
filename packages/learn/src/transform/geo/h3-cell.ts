import { latLngToCell } from "h3-js";
import { FORMS } from "../../net/estimator/option-form.ts";
import { transformOf, type Transform } from "../transform.ts";
import { placeCells, type PlaceCellOptions } from "./place-cells.ts";

/** What {@link h3Cell} takes. */
export interface H3CellOptions extends PlaceCellOptions {
  /** 0 to 15: 7 is about 5.2 km2 (edges of 1.4 km), 9 about 0.1 km2 (0.2 km). Default 7. */
  readonly resolution?: number;
  /** The new column. Default "h3". */
  readonly name?: string;
}

/** The definition behind {@link h3Cell}: for `readTransform`, which knows it by `{ transforms: { h3Cell: H3_CELL } }` only. */
export const H3_CELL = placeCells<H3CellOptions>({
  kind: "h3Cell",
  forms: {
    resolution: {
      expected: "an integer of 0 to 15",
      fits: (value: unknown) => FORMS.whole.fits(value) && (value as number) <= 15,
    },
  },
  defaults: { resolution: 7, name: "h3" },
  cellOf: (latitude, longitude, { resolution }) => latLngToCell(latitude, longitude, resolution!),
  unsupported:
    "an H3 cell is a text, which our graphs cannot make; it runs where rows lie or in the framer, and a graph gets it as a category",
});

/**
 * The H3 cell that a place is in: hexagons of nearly one size all over the world (I. Brodsky, "H3: Uber's hexagonal hierarchical spatial
 * index", 2018), by the library h3-js, which the app installs. Both columns stay. A place that is missing or beyond a pole has none.
 *
 * @throws DEFINITION_ILLEGAL for options that there are not.
 * @example
 * fitTransform(h3Cell({ latitude: "lat", longitude: "lon", resolution: 8 }), rows);
 */
export function h3Cell(options: H3CellOptions): Transform {
  return transformOf(H3_CELL, { ...options, columns: [options.latitude, options.longitude], keep: true });
}
