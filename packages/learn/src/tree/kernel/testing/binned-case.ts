import { type Random, seededRandom } from "../../../random.ts";
import type { BinnedFeature, BinnedTable } from "../../binned-table.ts";

/** Kinds of columns that trees meet. */
export const COLUMN_KINDS = [
  "few values",
  "many values",
  "some missing",
  "all missing",
  "constant",
  "constant or missing",
  "infinities",
  "gaps",
  "categories",
  "one category",
] as const;

/** A kind of column. */
export type ColumnKind = (typeof COLUMN_KINDS)[number];

/** Rows with their values, and the same rows as bins. */
export interface BinnedCase {
  readonly table: BinnedTable;
  /** Numbers, or codes of categories (-1 is missing). [features][rows] */
  readonly raw: readonly Float64Array[];
}

/** A table with columns of these kinds, drawn by a seed. */
export function binnedCase(rows: number, kinds: readonly ColumnKind[], seed: number): BinnedCase {
  const random = seededRandom(seed);
  const columns = kinds.map((kind, place) => column(kind, `${kind} ${place}`, rows, random));
  return {
    table: {
      rows,
      features: columns.map(({ feature }) => feature),
      bins: columns.map(({ bins }) => bins),
    },
    raw: columns.map(({ raw }) => raw),
  };
}

function column(kind: ColumnKind, name: string, rows: number, random: Random) {
  const feature =
    kind.endsWith("categories") || kind === "one category"
      ? categorical(name, kind === "one category" ? 1 : 2 + random.integer(40))
      : numeric(kind, name, random);
  const raw = Float64Array.from({ length: rows }, () => draw(kind, feature, random));
  return { feature, raw, bins: Uint8Array.from(raw, (value) => binOf(feature, value)) };
}

/** Every third category is too rare for a bin of its own. */
function categorical(name: string, categories: number): BinnedFeature {
  const codes = Int32Array.from({ length: categories }, (_, code) => categories - 1 - code).filter(
    (code) => code % 3 !== 1,
  );
  const named = Array.from({ length: categories }, (_, code) => `c${code}`);
  return { kind: "categorical", name, categories: named, codes, bins: codes.length + 1 };
}

function numeric(kind: ColumnKind, name: string, random: Random): BinnedFeature {
  const bounds = {
    "few values": 1 + random.integer(5),
    "many values": 254,
    "some missing": 1 + random.integer(60),
    "all missing": 0,
    constant: 0,
    "constant or missing": 0,
    infinities: 4,
    gaps: 200,
  }[kind as string]!;
  const upper = Float64Array.from({ length: bounds + 1 }, (_, b) => (b === bounds ? Infinity : b + 0.5));
  if (kind === "infinities") upper.set([-1e305, 0, 10, 1e305]);
  const missing = kind.includes("missing");
  return { kind: "numeric", name, upper, missing, bins: upper.length + Number(missing) };
}

function draw(kind: ColumnKind, feature: BinnedFeature, random: Random): number {
  if (feature.kind === "categorical") return random.integer(feature.categories.length + 1) - 1;
  const last = feature.upper.length - 1;
  if (kind === "all missing") return NaN;
  if (feature.missing && random.uniform() < 0.3) return NaN;
  if (kind === "infinities") return [-Infinity, Infinity, -1e300, 1e300, 3][random.integer(5)]!;
  if (kind === "gaps") return random.integer(3) * 70;
  return random.integer(last + 1);
}

/** The bin of a value. */
export function binOf(feature: BinnedFeature, value: number): number {
  if (feature.kind === "categorical") {
    const bin = feature.codes.indexOf(value);
    return bin < 0 ? feature.codes.length : bin;
  }
  return Number.isNaN(value) ? feature.upper.length : feature.upper.findIndex((upper) => value <= upper);
}
