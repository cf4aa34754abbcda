import type { Column, IntegerColumn, StringColumn } from "../../frame/column.ts";
import { isValid } from "../../frame/validity.ts";
import type { FloatArray } from "../../matrix.ts";
import { TRUTHS } from "./category-kind.ts";
import { notCategories } from "./category-reader.ts";
import { featureBucket, type BucketRule } from "./feature-bucket.ts";

/** Adds the features of a column to vectors [rows, nFeatures]. @throws ARGUMENT_INVALID for one of another kind. */
export function hashColumn(who: string, column: Column, rule: BucketRule, values: FloatArray): void {
  switch (column.kind) {
    case "string":
      return hashStrings(column, rule, values);
    case "integer":
      return hashIntegers(column, rule, values);
    case "boolean": {
      const two = TRUTHS.map((text) => featureBucket(`${column.name}=${text}`, rule));
      for (let row = 0; row < column.values.length; row++) {
        if (!isValid(column.validity, row)) continue;
        const { at, sign } = two[column.values[row] === 0 ? 0 : 1]!;
        values[row * rule.nFeatures + at]! += sign;
      }
      return;
    }
    case "float": {
      const { at, sign } = featureBucket(column.name, rule);
      for (let row = 0; row < column.values.length; row++) {
        const value = column.values[row]!;
        if (!Number.isNaN(value)) values[row * rule.nFeatures + at]! += sign * value;
      }
      return;
    }
    default:
      throw notCategories(who, column);
  }
}

/** A place and a sign in one number: place * 2, and 1 more where the sign is negative. */
function packed(name: string, rule: BucketRule): number {
  const { at, sign } = featureBucket(name, rule);
  return at * 2 + (sign < 0 ? 1 : 0);
}

function hashStrings({ name, codes, dictionary }: StringColumn, rule: BucketRule, values: FloatArray): void {
  const known = new Int32Array(dictionary.length).fill(-1);
  for (let row = 0; row < codes.length; row++) {
    const code = codes[row]!;
    if (code < 0 || dictionary[code] === "") continue;
    if (known[code]! < 0) known[code] = packed(`${name}=${dictionary[code]}`, rule);
    const bucket = known[code]!;
    values[row * rule.nFeatures + (bucket >> 1)]! += 1 - 2 * (bucket & 1);
  }
}

/** Hashes of whole numbers that are remembered while a column is read. */
const MOST_KNOWN = 65_536;

function hashIntegers(
  { name, values: whole, validity }: IntegerColumn,
  rule: BucketRule,
  values: FloatArray,
): void {
  const known = new Map<number | bigint, number>();
  for (let row = 0; row < whole.length; row++) {
    if (!isValid(validity, row)) continue;
    const value = whole[row]!;
    let bucket = known.get(value);
    if (bucket === undefined) {
      bucket = packed(`${name}=${value}`, rule);
      if (known.size < MOST_KNOWN) known.set(value, bucket);
    }
    values[row * rule.nFeatures + (bucket >> 1)]! += 1 - 2 * (bucket & 1);
  }
}
