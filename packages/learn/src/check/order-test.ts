import { tidelineError } from "@tideline/spec";
import type { Column } from "../frame/column.ts";
import { numbersOf } from "../frame/numbers-of.ts";
import { isMissing } from "../frame/validity.ts";
import type { OrderedRowCheck } from "./check-def.ts";
import { exactOf, wideValuesOf, type ExactNumber } from "./exact-number.ts";
import { mix, textWords, wordSet } from "./word-set.ts";

/** Marks rows that break a check of order, of those that are still in; it keeps what it has seen. */
export type OrderTest = (columns: readonly Column[], rows: number, out: Uint8Array, gone: Uint8Array) => void;

/**
 * The test of a check that judges a row by those before it. Uniqueness is exact for one column of numbers, times and
 * truths. Texts and combinations are told apart by 64-bit hashes: that two of n different ones are taken for one has a
 * chance of n^2 / 2^65 for data that is not made to collide (3e-8 for a million).
 */
export function orderTest(check: OrderedRowCheck, who: string): OrderTest {
  if (check.check === "unique") return uniqueTest(who);
  const last = new Map<string, ExactNumber>();
  const strict = check.strict === true;
  return ([column, group], rows, out, gone) => {
    if (column!.kind === "string" || column!.kind === "series" || column!.kind === "bytes")
      throw noOrder(who, column!);
    const values = numbersOf(column!, who);
    const wide = wideValuesOf(column!);
    const keys = group === undefined ? undefined : keysOf(group, who);
    for (let row = 0; row < rows; row++) {
      const value = exactOf(values[row]!, wide, row);
      if (gone[row] === 1 || value !== value) continue;
      const key = keys === undefined ? "" : keys(row);
      const before = last.get(key);
      if (before !== undefined && (strict ? value <= before : value < before)) out[row] = 1;
      else {
        if (before === undefined && last.size === MOST_GROUPS) throw tooMany(who);
        last.set(key, value);
      }
    }
  };
}

/** Groups that are told apart at most. */
const MOST_GROUPS = 2 ** 22;

function keysOf(column: Column, who: string): (row: number) => string {
  if (column.kind === "string")
    return (row) => (column.codes[row]! < 0 ? "" : `:${column.dictionary[column.codes[row]!]!}`);
  if (column.kind === "integer") return (row) => (isMissing(column, row) ? "" : String(column.values[row]));
  const values = numbersOf(column, who);
  return (row) => String(values[row]);
}

function uniqueTest(who: string): OrderTest {
  const seen = wordSet(who);
  return (columns, rows, out, gone) => {
    const words = columns.map((column) => wordsOf(column, who));
    const key = new Uint32Array(2);
    for (let row = 0; row < rows; row++) {
      if (gone[row] === 1 || lacksOne(columns, row)) continue;
      let [low, high] = [0, 0];
      for (const word of words) {
        word(row, key);
        if (words.length === 1) [low, high] = [key[0]!, key[1]!];
        else [low, high] = [mix(low ^ key[0]!, key[1]! + high), mix(high ^ key[1]!, key[0]! + low + 1)];
      }
      if (!seen.add(low, high)) out[row] = 1;
    }
  };
}

function lacksOne(columns: readonly Column[], row: number): boolean {
  for (const column of columns) if (isMissing(column, row)) return true;
  return false;
}

/** 64 bits of each value: itself, or a hash of a text. */
function wordsOf(column: Column, who: string): (row: number, key: Uint32Array) => void {
  if (column.kind === "string") {
    const hashes = new Uint32Array(2 * column.dictionary.length);
    for (const [at, text] of column.dictionary.entries())
      textWords(text, hashes.subarray(2 * at, 2 * at + 2));
    return (row, key) => {
      key[0] = hashes[2 * column.codes[row]!]!;
      key[1] = hashes[2 * column.codes[row]! + 1]!;
    };
  }
  if (column.kind === "vector" || column.kind === "series" || column.kind === "bytes")
    throw noOrder(who, column);
  const { values } = column;
  if (values instanceof BigInt64Array || values instanceof BigUint64Array) {
    const halves = new Uint32Array(values.buffer, values.byteOffset, 2 * values.length);
    return (row, key) => {
      key[0] = halves[2 * row]!;
      key[1] = halves[2 * row + 1]!;
    };
  }
  const number = new Float64Array(1);
  const halves = new Uint32Array(number.buffer);
  return (row, key) => {
    // Zero has two signs and one meaning.
    number[0] = (values[row] as number) + 0;
    key[0] = halves[0]!;
    key[1] = halves[1]!;
  };
}

function noOrder(who: string, { name, kind }: Column) {
  return tidelineError("ARGUMENT_INVALID", {
    who,
    field: `column "${name}"`,
    expected: "numbers, truths, times or (for unique) texts",
    received: `a ${kind} column`,
  });
}

function tooMany(who: string) {
  return tidelineError("DATA_MALFORMED", {
    who,
    expected: `at most ${MOST_GROUPS} groups`,
    received: "more",
  });
}
