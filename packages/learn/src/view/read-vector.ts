import { tidelineError, type ScalarType } from "@tideline/spec";
import type { Column } from "../frame/column.ts";
import { numbersOf } from "../frame/numbers-of.ts";
import { factsOf } from "../frame/value-facts.ts";
import { isValid } from "../frame/validity.ts";
import { type ScalarVector, vectorOf } from "./scalar-vector.ts";
import { stringVector } from "./sorted-texts.ts";

/** The greatest |time| of the language in milliseconds: ECMAScript's range of dates. */
const MAX_TIME = 8.64e15;

/** Kinds of columns that a type of the language may be read from. */
const KINDS: Readonly<Record<ScalarType, readonly Column["kind"][]>> = {
  float64: ["float", "integer"],
  int64: ["integer", "float"],
  boolean: ["boolean"],
  string: ["string"],
  time: ["time"],
};

/**
 * A column as a type of the language, as `readScalar` reads values: what is missing or out of range is null. Times are
 * floored from microseconds to milliseconds.
 *
 * @throws FEATURE_ILLEGAL for a column of another kind, or a fraction where whole numbers are declared.
 */
export function readVector(column: Column, type: ScalarType, who: string): ScalarVector {
  if (!KINDS[type].includes(column.kind))
    throw illegal(
      who,
      column.name,
      `a ${KINDS[type].join(" or ")} column for ${type}`,
      `a ${column.kind} column`,
    );
  if (column.kind === "string") return stringVector(column.codes, column.dictionary);
  if (column.kind === "boolean") {
    const { values, validity } = column;
    const nulls = validity === undefined ? undefined : new Uint8Array(values.length);
    if (nulls !== undefined)
      for (let row = 0; row < nulls.length; row++) nulls[row] = isValid(validity, row) ? 0 : 1;
    return vectorOf(type, new Float64Array(values), nulls);
  }
  const numbers = numbersOf(column, who);
  if (type === "float64") return floats(numbers);
  const most = type === "time" ? MAX_TIME : Number.MAX_SAFE_INTEGER;
  const scale = type === "time" ? 1000 : 1;
  const values = new Float64Array(numbers.length);
  let nulls: Uint8Array | undefined;
  for (let row = 0; row < values.length; row++) {
    const number = numbers[row]!;
    const value = type === "time" ? Math.floor(number / scale) : number;
    if (value !== value || Math.abs(value) > most) (nulls ??= new Uint8Array(values.length))[row] = 1;
    else if (!Number.isInteger(value)) throw illegal(who, column.name, "whole numbers", String(value));
    else values[row] = value + 0;
  }
  return vectorOf(type, values, nulls);
}

/** Not copied where every value is there. */
function floats(numbers: Float32Array | Float64Array): ScalarVector {
  let nulls: Uint8Array | undefined;
  if (factsOf(numbers)?.complete !== true && !areFinite(numbers))
    for (let row = 0; row < numbers.length; row++)
      if (numbers[row] !== numbers[row]) (nulls ??= new Uint8Array(numbers.length))[row] = 1;
  const values = numbers instanceof Float64Array ? numbers : new Float64Array(numbers);
  return vectorOf("float64", values, nulls);
}

/** Whether no number is NaN or infinite: zero times any such is NaN. Four sums, of which none waits for another. */
function areFinite(numbers: Float32Array | Float64Array): boolean {
  let [one, two, three, four] = [0, 0, 0, 0];
  let row = 0;
  for (; row + 4 <= numbers.length; row += 4) {
    one += numbers[row]! * 0;
    two += numbers[row + 1]! * 0;
    three += numbers[row + 2]! * 0;
    four += numbers[row + 3]! * 0;
  }
  for (; row < numbers.length; row++) one += numbers[row]! * 0;
  return one + two + three + four === 0;
}

function illegal(who: string, name: string, expected: string, received: string) {
  return tidelineError("FEATURE_ILLEGAL", { who, field: `column "${name}"`, expected, received });
}
