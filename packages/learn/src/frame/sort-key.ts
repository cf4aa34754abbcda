import { tidelineError } from "@tideline/spec/error";
import type { Column, StringColumn } from "./column.ts";
import { isWide } from "./integer-array.ts";
import { isValid } from "./validity.ts";

/** Rows of a column as unsigned words whose order is theirs: first by `high`, then by `low` where there is one. */
export interface SortKey {
  /** [rows] */
  readonly high: Uint32Array;
  /** [rows] */
  readonly low?: Uint32Array;
  /** [rows], 1 where the row is missing; absent where none is. */
  readonly missing?: Uint8Array;
}

/** The sort key of a column. @throws ARGUMENT_INVALID for vectors, series and bytes, which have no order. */
export function sortKey(column: Column, who: string): SortKey {
  switch (column.kind) {
    case "float":
    case "time":
      return floatKey(column.values);
    case "string":
      return stringKey(column);
    case "integer":
    case "boolean": {
      const { values, validity } = column;
      const missing = validity === undefined ? {} : { missing: missingRows(validity, values.length) };
      if (isWide(values)) return { ...wideKey(values), ...missing };
      const high = new Uint32Array(values.length);
      for (let row = 0; row < high.length; row++) high[row] = values[row]!;
      if (!(values instanceof Uint32Array))
        for (let row = 0; row < high.length; row++) high[row]! ^= 0x8000_0000;
      return { high, ...missing };
    }
    default:
      throw tidelineError("ARGUMENT_INVALID", {
        who,
        field: `column "${column.name}"`,
        expected: "numbers, texts, truths or times",
        received: `a ${column.kind} column`,
      });
  }
}

function missingRows(validity: Uint8Array, rows: number): Uint8Array {
  const missing = new Uint8Array(rows);
  for (let row = 0; row < rows; row++) missing[row] = isValid(validity, row) ? 0 : 1;
  return missing;
}

/** The bits of a double, made to rise with its value: the sign bit of positive ones set, all bits of negative ones turned. */
function floatKey(values: Float32Array | Float64Array): SortKey {
  const rows = values.length;
  const [high, low, missing] = [new Uint32Array(rows), new Uint32Array(rows), new Uint8Array(rows)];
  const number = new Float64Array(1);
  const words = new Uint32Array(number.buffer);
  let some = 0;
  for (let row = 0; row < rows; row++) {
    const value = values[row]! + 0; // -0 and 0 are one value.
    if (value !== value) {
      missing[row] = some = 1;
      continue;
    }
    number[0] = value;
    const turn = words[1]! >>> 31 === 1 ? 0xffff_ffff : 0;
    high[row] = words[1]! ^ (turn | 0x8000_0000);
    low[row] = words[0]! ^ turn;
  }
  return some === 1 ? { high, low, missing } : { high, low };
}

function wideKey(values: BigInt64Array | BigUint64Array): SortKey {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length * 2);
  const [high, low] = [new Uint32Array(values.length), new Uint32Array(values.length)];
  const sign = values instanceof BigInt64Array ? 0x8000_0000 : 0;
  for (let row = 0; row < high.length; row++) {
    high[row] = words[2 * row + 1]! ^ sign;
    low[row] = words[2 * row]!;
  }
  return { high, low };
}

/** Order by code point. Code units are in that order too, but for surrogates, which stand for the highest ones. */
function compareTexts(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  for (let at = 0; at < length; at++) {
    const [one, other] = [left.charCodeAt(at), right.charCodeAt(at)];
    if (one !== other) return Number(isSurrogate(one)) - Number(isSurrogate(other)) || one - other;
  }
  return left.length - right.length;
}

const isSurrogate = (unit: number): boolean => (unit & 0xf800) === 0xd800;

/** Texts by their place in the sorted dictionary, so that each is compared once. */
function stringKey({ codes, dictionary }: StringColumn): SortKey {
  const order = Array.from(dictionary, (_, code) => code).sort((left, right) =>
    compareTexts(dictionary[left]!, dictionary[right]!),
  );
  const ranks = new Uint32Array(dictionary.length);
  for (let rank = 0; rank < order.length; rank++) ranks[order[rank]!] = rank;
  const [high, missing] = [new Uint32Array(codes.length), new Uint8Array(codes.length)];
  for (let row = 0; row < codes.length; row++) {
    if (codes[row]! < 0) missing[row] = 1;
    else high[row] = ranks[codes[row]!]!;
  }
  return { high, missing };
}
