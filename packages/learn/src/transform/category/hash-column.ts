import type { Column, IntegerColumn, StringColumn } from "../../frame/column.ts";
import { isValid } from "../../frame/validity.ts";
import type { FloatArray } from "../../matrix.ts";
import { TRUTHS } from "./category-kind.ts";
import { notCategories } from "./category-reader.ts";
import { featureBucket, type BucketRule } from "./feature-bucket.ts";

/** Adds the features of rows `first` to `end` to vectors [rows, nFeatures]. */
export type HashRows = (values: FloatArray, first: number, end: number) => void;

/** Reads a column for hashing; the hash of each text is taken once. @throws ARGUMENT_INVALID for one of another kind. */
export function hashColumn(who: string, column: Column, rule: BucketRule): HashRows {
  switch (column.kind) {
    case "string":
      return addPlaces(placesOfStrings(column, rule), rule.nFeatures);
    case "integer":
      return addPlaces(placesOfIntegers(column, rule), rule.nFeatures);
    case "boolean": {
      const two = TRUTHS.map((text) => packed(`${column.name}=${text}`, rule));
      const places = Int32Array.from(column.values, (value, row) =>
        isValid(column.validity, row) ? two[value === 0 ? 0 : 1]! : NOWHERE,
      );
      return addPlaces(places, rule.nFeatures);
    }
    case "float":
      return addNumbers(column.values, column.name, rule);
    default:
      throw notCategories(who, column);
  }
}

/** A place and a sign in one number: place * 2, and 1 more where the sign is negative. */
function packed(name: string, rule: BucketRule): number {
  const { at, sign } = featureBucket(name, rule);
  return at * 2 + (sign < 0 ? 1 : 0);
}

/** What is missing. */
const NOWHERE = -1;

function addPlaces(places: Int32Array, width: number): HashRows {
  return (values, first, end) => {
    for (let row = first; row < end; row++) {
      const place = places[row]!;
      if (place >= 0) values[row * width + (place >> 1)]! += 1 - 2 * (place & 1);
    }
  };
}

function addNumbers(numbers: FloatArray, name: string, rule: BucketRule): HashRows {
  const { at, sign } = featureBucket(name, rule);
  return (values, first, end) => {
    for (let row = first; row < end; row++) {
      const value = numbers[row]!;
      if (!Number.isNaN(value)) values[row * rule.nFeatures + at]! += sign * value;
    }
  };
}

function placesOfStrings({ name, codes, dictionary }: StringColumn, rule: BucketRule): Int32Array {
  const known = new Int32Array(dictionary.length).fill(-2);
  const out = new Int32Array(codes.length).fill(NOWHERE);
  for (let row = 0; row < codes.length; row++) {
    const code = codes[row]!;
    if (code < 0) continue;
    if (known[code] === -2)
      known[code] = dictionary[code] === "" ? NOWHERE : packed(`${name}=${dictionary[code]}`, rule);
    out[row] = known[code]!;
  }
  return out;
}

/** Hashes of whole numbers that are remembered while a column is read. */
const MOST_KNOWN = 65_536;

function placesOfIntegers({ name, values, validity }: IntegerColumn, rule: BucketRule): Int32Array {
  const known = new Map<number | bigint, number>();
  const out = new Int32Array(values.length).fill(NOWHERE);
  for (let row = 0; row < values.length; row++) {
    if (!isValid(validity, row)) continue;
    const value = values[row]!;
    let place = known.get(value);
    if (place === undefined) {
      place = packed(`${name}=${value}`, rule);
      if (known.size < MOST_KNOWN) known.set(value, place);
    }
    out[row] = place;
  }
  return out;
}
