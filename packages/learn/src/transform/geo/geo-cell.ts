import { FORMS } from "../../net/estimator/option-form.ts";
import { transformOf, type Transform } from "../transform.ts";
import { placeCells, wrapped, type PlaceCellOptions } from "./place-cells.ts";

/** What {@link geoCell} takes. */
export interface GeoCellOptions extends PlaceCellOptions {
  /** Characters of the cell, 1 to 12: 5 are about 4.9 x 4.9 km at the equator, 7 about 153 x 153 m. Default 5. */
  readonly precision?: number;
  /** The new column. Default "geohash". */
  readonly name?: string;
}

const ALPHABET = "0123456789bcdefghjkmnpqrstuvwxyz";

/** The geohash of a place (G. Niemeyer, 2008): halves of the world in turn, west or east, south or north. Empty beyond a pole. */
export function geohash(latitude: number, longitude: number, precision: number): string {
  if (!(Math.abs(latitude) <= 90) || !Number.isFinite(longitude)) return "";
  const bits = 5 * precision;
  const [east, north] = [Math.ceil(bits / 2), Math.floor(bits / 2)];
  const place = (share: number, depth: number): number =>
    Math.min(2 ** depth - 1, Math.floor(share * 2 ** depth));
  const [x, y] = [place((wrapped(longitude) + 180) / 360, east), place((latitude + 90) / 180, north)];
  let text = "";
  for (let at = 0, value = 0; at < bits; at++) {
    const [of, depth] = at % 2 === 0 ? [x, east] : [y, north];
    const bit = Math.floor(of / 2 ** (depth - 1 - (at >> 1))) % 2;
    value = 2 * value + bit;
    if (at % 5 === 4) {
      text += ALPHABET[value]!;
      value = 0;
    }
  }
  return text;
}

/** The definition behind {@link geoCell}. */
export const GEO_CELL = placeCells<GeoCellOptions>({
  kind: "geoCell",
  forms: {
    precision: {
      expected: "an integer of 1 to 12",
      fits: (value: unknown) => FORMS.count.fits(value) && (value as number) <= 12,
    },
  },
  defaults: { precision: 5, name: "geohash" },
  cellOf: (latitude, longitude, { precision }) => geohash(latitude, longitude, precision!),
  unsupported:
    "a geohash is a text, which our graphs cannot make; use geoDistance or bins of coordinates there",
});

/**
 * The cell of the world that a place is in, as a geohash: places with the same text are near each other. Both columns stay. A place that
 * is missing or beyond a pole has none.
 *
 * @throws DEFINITION_ILLEGAL for options that there are not.
 * @example
 * fitTransform(geoCell({ latitude: "lat", longitude: "lon", precision: 6 }), rows);
 */
export function geoCell(options: GeoCellOptions): Transform {
  return transformOf(GEO_CELL, { ...options, columns: [options.latitude, options.longitude], keep: true });
}
