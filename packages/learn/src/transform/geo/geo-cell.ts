import type { Column, FrameSchema } from "../../frame/column.ts";
import { numbersOf } from "../../frame/numbers-of.ts";
import { FORMS } from "../../net/estimator/option-form.ts";
import { needColumns } from "../need-columns.ts";
import { resolveOptions } from "../resolve-options.ts";
import { learnsNothing } from "../stateless-fit.ts";
import type { TransformDef } from "../transform-def.ts";
import { transformOf, type Transform } from "../transform.ts";

/** What {@link geoCell} takes. */
export interface GeoCellOptions {
  /** The column of latitude, in degrees. */
  readonly latitude: string;
  /** The column of longitude, in degrees; 181 is -179. */
  readonly longitude: string;
  /** Characters of the cell, 1 to 12: 5 are about 4.9 x 4.9 km at the equator, 7 about 153 x 153 m. Default 5. */
  readonly precision?: number;
  /** The new column. Default "geohash". */
  readonly name?: string;
}

const KIND = "geoCell";
const FORMS_OF = {
  latitude: FORMS.text,
  longitude: FORMS.text,
  precision: {
    expected: "an integer of 1 to 12",
    fits: (value: unknown) => FORMS.count.fits(value) && (value as number) <= 12,
  },
  name: FORMS.text,
};

const ALPHABET = "0123456789bcdefghjkmnpqrstuvwxyz";

/** The geohash of a place (G. Niemeyer, 2008): halves of the world in turn, west or east, south or north. Empty beyond a pole. */
export function geohash(latitude: number, longitude: number, precision: number): string {
  if (!(Math.abs(latitude) <= 90) || !Number.isFinite(longitude)) return "";
  const wrapped = longitude - 360 * Math.floor((longitude + 180) / 360);
  const bits = 5 * precision;
  const [east, north] = [Math.ceil(bits / 2), Math.floor(bits / 2)];
  const place = (share: number, depth: number): number =>
    Math.min(2 ** depth - 1, Math.floor(share * 2 ** depth));
  const [x, y] = [place((wrapped + 180) / 360, east), place((latitude + 90) / 180, north)];
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
export const GEO_CELL: TransformDef<GeoCellOptions, null> = Object.freeze({
  kind: KIND,
  traits: { accepts: ["float"], labels: "none", memory: "bounded", ordered: false } as const,
  forms: FORMS_OF,
  resolve: (given: GeoCellOptions) =>
    resolveOptions(KIND, FORMS_OF, { precision: 5, name: "geohash" }, given, ["latitude", "longitude"]),
  begin({ latitude, longitude }: GeoCellOptions, inputs: FrameSchema) {
    needColumns(KIND, [latitude, longitude], inputs);
    return learnsNothing(null);
  },
  outputs: (_: null, { name }: GeoCellOptions) => [{ name: name!, kind: "string" as const }],
  apply(_: null, options: GeoCellOptions, columns: readonly Column[], rows: number): readonly Column[] {
    const of = (name: string) =>
      numbersOf(
        columns.find((column) => column.name === name)!,
        KIND,
      );
    const [latitude, longitude] = [of(options.latitude), of(options.longitude)];
    const dictionary: string[] = [];
    const places = new Map<string, number>();
    const codes = new Int32Array(rows).fill(-1);
    for (let row = 0; row < rows; row++) {
      const cell = geohash(latitude[row]!, longitude[row]!, options.precision!);
      if (cell === "") continue;
      let place = places.get(cell);
      if (place === undefined) {
        place = dictionary.push(cell) - 1;
        places.set(cell, place);
      }
      codes[row] = place;
    }
    return [{ kind: "string", name: options.name!, codes, dictionary }];
  },
  lower: {
    unsupported:
      "a geohash is a text, which our graphs cannot make; use geoDistance or bins of coordinates there",
  },
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
