import type { GraphBuilder, Value } from "@tideline/graph";
import type { Column, FrameSchema } from "../../frame/column.ts";
import { numbersOf } from "../../frame/numbers-of.ts";
import { FORMS, listForm, namedForm } from "../../net/estimator/option-form.ts";
import { asDouble } from "../double-math.ts";
import { needColumns } from "../need-columns.ts";
import { numberColumns } from "../number-graph.ts";
import { resolveOptions } from "../resolve-options.ts";
import { learnsNothing } from "../stateless-fit.ts";
import type { GraphColumn, TransformDef } from "../transform-def.ts";
import { transformOf, type Transform } from "../transform.ts";
import { bearing, haversine } from "./great-circle.ts";
import { lowerGreatCircle } from "./lower-great-circle.ts";

/** What {@link geoDistance} takes. Coordinates are degrees: latitude, longitude. */
export interface GeoDistanceOptions {
  /** Columns of latitude and longitude. */
  readonly from: readonly [string, string];
  /** The same of the other place. */
  readonly to: readonly [string, string];
  /** Metres along the great circle, or the direction in which one sets out, in degrees from north over east. Default "distance". */
  readonly measure?: "distance" | "bearing";
  /** The new column. Default `distance` or `bearing`. */
  readonly name?: string;
}

const KIND = "geoDistance";
const FORMS_OF = {
  from: listForm(FORMS.text, 2),
  to: listForm(FORMS.text, 2),
  measure: namedForm("distance", "bearing"),
  name: FORMS.text,
};

const nameOf = ({ name, measure }: GeoDistanceOptions): string => name ?? measure!;
const unitOf = ({ measure }: GeoDistanceOptions): string => (measure === "bearing" ? "deg" : "m");

/** The definition behind {@link geoDistance}. */
export const GEO_DISTANCE: TransformDef<GeoDistanceOptions, null> = Object.freeze({
  kind: KIND,
  traits: { accepts: ["float"], labels: "none", memory: "bounded", ordered: false, double: true } as const,
  forms: FORMS_OF,
  resolve: (given: GeoDistanceOptions) =>
    resolveOptions(KIND, FORMS_OF, { measure: "distance" }, given, ["from", "to"]),
  begin({ from, to }: GeoDistanceOptions, inputs: FrameSchema) {
    needColumns(KIND, [...from, ...to], inputs);
    return learnsNothing(null);
  },
  outputs: (_: null, options: GeoDistanceOptions) => [
    { name: nameOf(options), kind: "float" as const, unit: unitOf(options) },
  ],
  apply(_: null, options: GeoDistanceOptions, columns: readonly Column[], rows: number): readonly Column[] {
    const of = (name: string) =>
      numbersOf(
        columns.find((column) => column.name === name)!,
        KIND,
      );
    const [latA, lonA, latB, lonB] = [...options.from, ...options.to].map(of) as [
      Float64Array,
      Float64Array,
      Float64Array,
      Float64Array,
    ];
    const measure = options.measure === "bearing" ? bearing : haversine;
    const values = new Float64Array(rows);
    for (let row = 0; row < rows; row++)
      values[row] = measure(latA[row]!, lonA[row]!, latB[row]!, lonB[row]!);
    return [{ kind: "float", name: nameOf(options), values, unit: unitOf(options) }];
  },
  lower(_: null, options: GeoDistanceOptions, g: GraphBuilder, columns: readonly GraphColumn[]) {
    const numbers = numberColumns(KIND, columns);
    const of = (name: string) =>
      asDouble(
        g,
        numbers.find((column) => column.name === name)!,
      );
    const places = [...options.from, ...options.to].map(of) as [Value, Value, Value, Value];
    const value = lowerGreatCircle(g, places, options.measure === "bearing");
    return [{ kind: "number" as const, name: nameOf(options), width: 1, value }];
  },
});

/**
 * How far two places are from each other, in metres along the great circle of a sphere of 6,371,008.8 m (off by at most 0.6 % of the
 * ellipsoid's), or in which direction. All columns stay. A place beyond a pole is missing.
 *
 * In a graph coordinates enter as float64 (`inputs` says so) and become float32 as differences. `convertUnit` keeps that; where
 * another step before it has made them anew they are float32, known to a metre or two: fill them after the distance is taken.
 *
 * @throws DEFINITION_ILLEGAL for options that there are not.
 * @example
 * fitTransform(geoDistance({ from: ["home_lat", "home_lon"], to: ["lat", "lon"], name: "from_home" }), rows);
 */
export function geoDistance(options: GeoDistanceOptions): Transform {
  const columns = [...(options.from ?? []), ...(options.to ?? [])];
  return transformOf(GEO_DISTANCE, { ...options, columns: [...new Set(columns)], keep: true });
}
