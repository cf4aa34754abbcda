import { ELEMENT_TYPES, type GraphBuilder, type Value } from "@tideline/graph";
import { tidelineError } from "@tideline/spec";
import type { Column, FrameSchema } from "../../frame/column.ts";
import { numbersOf } from "../../frame/numbers-of.ts";
import { FORMS, listForm, namedForm } from "../../net/estimator/option-form.ts";
import { choose, one } from "../graph-math.ts";
import { resolveOptions } from "../resolve-options.ts";
import { learnsNothing } from "../stateless-fit.ts";
import type { GraphColumn, TransformDef } from "../transform-def.ts";
import { transformOf, type Transform } from "../transform.ts";

/** Metres of the earth's mean radius (IUGG). */
export const EARTH_RADIUS = 6_371_008.8;

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
const RADIANS = Math.PI / 180;

const nameOf = ({ name, measure }: GeoDistanceOptions): string => name ?? measure!;
const unitOf = ({ measure }: GeoDistanceOptions): string => (measure === "bearing" ? "deg" : "m");

/** Metres between two places: haversine, R. W. Sinnott, "Virtues of the haversine", 1984. NaN beyond the poles. */
export function haversine(latA: number, lonA: number, latB: number, lonB: number): number {
  if (!(Math.abs(latA) <= 90 && Math.abs(latB) <= 90)) return Number.NaN;
  const north = Math.sin(((latB - latA) * RADIANS) / 2);
  const east = Math.sin(((lonB - lonA) * RADIANS) / 2);
  const a = north * north + Math.cos(latA * RADIANS) * Math.cos(latB * RADIANS) * east * east;
  return 2 * EARTH_RADIUS * Math.asin(Math.min(1, Math.sqrt(a)));
}

/** Degrees from north over east, in [0, 360), in which one sets out along the great circle; 0 at the same place. */
export function bearing(latA: number, lonA: number, latB: number, lonB: number): number {
  if (!(Math.abs(latA) <= 90 && Math.abs(latB) <= 90)) return Number.NaN;
  const off = (lonB - lonA) * RADIANS;
  const [a, b] = [latA * RADIANS, latB * RADIANS];
  const east = Math.sin(off) * Math.cos(b);
  const half = Math.sin(off / 2);
  const north = Math.sin(b - a) + 2 * Math.sin(a) * Math.cos(b) * half * half;
  const degrees = Math.atan2(east, north) / RADIANS;
  return degrees < 0 ? degrees + 360 : degrees;
}

/** The definition behind {@link geoDistance}. */
export const GEO_DISTANCE: TransformDef<GeoDistanceOptions, null> = Object.freeze({
  kind: KIND,
  traits: { accepts: ["float"], labels: "none", memory: "bounded", ordered: false } as const,
  forms: FORMS_OF,
  resolve: (given: GeoDistanceOptions) =>
    resolveOptions(KIND, FORMS_OF, { measure: "distance" }, given, ["from", "to"]),
  begin({ from, to }: GeoDistanceOptions, inputs: FrameSchema) {
    for (const name of [...from, ...to])
      if (!inputs.some((column) => column.name === name))
        throw tidelineError("ARGUMENT_INVALID", {
          who: KIND,
          field: "columns",
          expected: `"${name}" among them`,
          received: inputs.map((column) => `"${column.name}"`).join(", "),
        });
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
    const of = (name: string) => columns.find((column) => column.name === name)!.value;
    const places = [...options.from, ...options.to].map(of) as [Value, Value, Value, Value];
    const value = lowerDistance(g, places, options.measure === "bearing");
    return [{ kind: "number" as const, name: nameOf(options), width: 1, value }];
  },
});

/** The formulas above on differences that are taken in float64. */
function lowerDistance(
  g: GraphBuilder,
  places: readonly [Value, Value, Value, Value],
  isBearing: boolean,
): Value {
  const double = { to: ELEMENT_TYPES.float64.code };
  const float = { to: ELEMENT_TYPES.float32.code };
  const [latA, lonA, latB, lonB] = places.map((place) => g.op("Cast", [place], double)) as [
    Value,
    Value,
    Value,
    Value,
  ];
  const radians = (value: Value): Value =>
    g.op("Cast", [g.op("Mul", [value, g.constant(Float64Array.of(RADIANS), [1, 1])])], float);
  const [north, east] = [radians(g.op("Sub", [latB, latA])), radians(g.op("Sub", [lonB, lonA]))];
  const [a, b] = [radians(latA), radians(latB)];
  const times = (x: Value, y: Value): Value => g.op("Mul", [x, y]);
  const halfSine = (x: Value): Value => g.op("Sin", [times(x, one(g, 0.5))]);
  const cosines = times(g.op("Cos", [a]), g.op("Cos", [b]));
  const squared = (x: Value): Value => times(x, x);
  const beyond = g.op("Greater", [
    g.op("Max", [g.op("Abs", [latA]), g.op("Abs", [latB])]),
    g.constant(Float64Array.of(90), [1, 1]),
  ]);
  const sum = g.op("Add", [latA, g.op("Add", [latB, g.op("Add", [lonA, lonB])])]);
  const absent = g.op("Or", [beyond, g.op("IsNaN", [g.op("Cast", [sum], float)])]);
  const known = (value: Value): Value => choose(g, absent, one(g, Number.NaN), value);
  if (!isBearing) {
    const share = g.op("Add", [squared(halfSine(north)), times(cosines, squared(halfSine(east)))]);
    const root = g.op("Min", [g.op("Sqrt", [share]), one(g, 1)]);
    return known(times(g.op("Asin", [root]), one(g, 2 * EARTH_RADIUS)));
  }
  const x = times(g.op("Sin", [east]), g.op("Cos", [b]));
  const lift = times(times(g.op("Sin", [a]), g.op("Cos", [b])), times(squared(halfSine(east)), one(g, 2)));
  const y = g.op("Add", [g.op("Sin", [north]), lift]);
  return known(lowerDegrees(g, x, y));
}

/** atan2(x, y) in degrees from 0 to 360, of what ONNX has: the arc tangent of the lesser by the greater. */
function lowerDegrees(g: GraphBuilder, x: Value, y: Value): Value {
  const [sizeX, sizeY] = [g.op("Abs", [x]), g.op("Abs", [y])];
  const steep = g.op("Greater", [sizeX, sizeY]);
  const most = choose(g, steep, sizeX, sizeY);
  const some = choose(g, g.op("Greater", [most, one(g, 0)]), most, one(g, 1));
  const flat = g.op("Atan", [g.op("Div", [choose(g, steep, sizeY, sizeX), some])]);
  const sharp = choose(g, steep, g.op("Sub", [one(g, Math.PI / 2), flat]), flat);
  const front = choose(g, g.op("Less", [y, one(g, 0)]), g.op("Sub", [one(g, Math.PI), sharp]), sharp);
  const turned = choose(g, g.op("Less", [x, one(g, 0)]), g.op("Sub", [one(g, 2 * Math.PI), front]), front);
  return g.op("Mul", [turned, one(g, 180 / Math.PI)]);
}

/**
 * How far two places are from each other, in metres along the great circle of a sphere of 6,371,008.8 m (off by at most 0.6 % of the
 * ellipsoid's), or in which direction. All columns stay. A place beyond a pole is missing.
 *
 * In a graph differences are taken in float64 of what it is given: coordinates that enter as float32 are known to a metre or two.
 *
 * @throws DEFINITION_ILLEGAL for options that there are not.
 * @example
 * fitTransform(geoDistance({ from: ["home_lat", "home_lon"], to: ["lat", "lon"], name: "from_home" }), rows);
 */
export function geoDistance(options: GeoDistanceOptions): Transform {
  const columns = [...(options.from ?? []), ...(options.to ?? [])];
  return transformOf(GEO_DISTANCE, { ...options, columns: [...new Set(columns)], keep: true });
}
