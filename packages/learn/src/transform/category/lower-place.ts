import type { GraphBuilder, Value } from "@tideline/graph";
import { tidelineError } from "@tideline/spec/error";
import type { GraphColumn } from "../transform-def.ts";
import { TRUTHS, type CategoryKind } from "./category-kind.ts";
import { placeOfText } from "./place.ts";

/** What a graph must know of a column's categories. */
export interface LoweredCategories {
  readonly kind: CategoryKind;
  readonly categories: readonly string[];
}

/** float32 tells whole numbers apart up to here. */
const EXACT = 2 ** 24;

/** Whole numbers are compared with each category, so that a batch holds rows times categories. */
const MOST_COMPARED = 65_536;

/**
 * What a whole number of each place is, in a graph: `indexOf(place)` for place 0 to K - 1, K for another value and K + 1
 * for a missing one; int64, [N, 1]. Of codes, -1 counts as missing: whether a text outside of their dictionary was there is
 * not known any more.
 *
 * @throws RUNTIME_UNSUPPORTED for whole numbers that float32 does not tell apart, more than 65,536 of them, and for a
 *   column of another kind than the fit's.
 */
export function lowerIndex(
  who: string,
  g: GraphBuilder,
  column: GraphColumn,
  of: LoweredCategories,
  indexOf: (place: number) => number,
): Value {
  const { categories } = of;
  const unknown = categories.length;
  switch (column.kind) {
    case "codes": {
      const places = placeOfText(categories);
      const rows = column.dictionary.map((text) =>
        indexOf(text === "" ? unknown + 1 : (places.get(text) ?? unknown)),
      );
      // -1 counts from the back: the row of what is missing is the last.
      return g.op("Gather", [int64s(g, [...rows, indexOf(unknown + 1)]), column.value]);
    }
    case "text":
      throw tidelineError("RUNTIME_UNSUPPORTED", {
        who,
        field: `column "${column.name}"`,
        expected: "codes of a dictionary: a graph under construction computes on numbers",
        received: "texts",
        remedy: "Lower with codes of textDictionaries(...), and let textInputs(...) look texts up.",
      });
    case "number": {
      const place = placeOfNumber(who, g, column.name, column.value, of);
      return g.op("Gather", [
        int64s(
          g,
          Array.from({ length: unknown + 2 }, (_, at) => indexOf(at)),
        ),
        place,
      ]);
    }
    default:
      throw unsupported(who, column.name, "texts, codes or whole numbers", column.kind);
  }
}

/** The row of a table [K + 2, width] for each place: float32, [N, width]. */
export function lowerTable(
  who: string,
  g: GraphBuilder,
  column: GraphColumn,
  of: LoweredCategories,
  table: Float64Array,
  width: number,
): Value {
  const unknown = of.categories.length;
  if (column.kind !== "codes") {
    const place = lowerIndex(who, g, column, of, (at) => at);
    const rows = g.constant(Float32Array.from(table), [unknown + 2, width]);
    return g.op("Squeeze", [g.op("Gather", [rows, place]), g.ints([1])]);
  }
  const places = placeOfText(of.categories);
  const { dictionary } = column;
  const rows = new Float32Array((dictionary.length + 1) * width);
  for (let at = 0; at <= dictionary.length; at++) {
    const text = dictionary[at] ?? "";
    const place = text === "" ? unknown + 1 : (places.get(text) ?? unknown);
    rows.set(table.subarray(place * width, (place + 1) * width), at * width);
  }
  const constant = g.constant(rows, [dictionary.length + 1, width]);
  return g.op("Squeeze", [g.op("Gather", [constant, column.value]), g.ints([1])]);
}

/** The place of a whole number [N, 1] among categories: it is compared with each. int64, [N, 1]. */
function placeOfNumber(
  who: string,
  g: GraphBuilder,
  name: string,
  x: Value,
  { kind, categories }: LoweredCategories,
): Value {
  if (kind === "string") throw unsupported(who, name, "texts or codes, as in the fit", "numbers");
  const numbers = categories.map((text) => (kind === "boolean" ? TRUTHS.indexOf(text) : Number(text)));
  if (numbers.length > MOST_COMPARED)
    throw unsupported(
      who,
      name,
      `at most ${MOST_COMPARED} whole numbers as categories`,
      String(numbers.length),
    );
  const large = numbers.find((number) => Math.abs(number) > EXACT);
  if (large !== undefined)
    throw unsupported(who, name, "whole numbers up to 2^24, which float32 tells apart", String(large));
  const count = numbers.length;
  const equal = g.op("Equal", [x, g.constant(Float32Array.from(numbers), [1, count])]);
  const ones = g.op("Cast", [equal], { to: FLOAT });
  const behind = g.constant(
    Float32Array.from(numbers, (_, at) => at - count),
    [count, 1],
  );
  // The sum has one term at most: place - K, or 0 where nothing is equal.
  const place = g.op("Add", [g.op("MatMul", [ones, behind]), g.scalar(count)]);
  const told = g.op("Where", [g.op("IsNaN", [x]), g.scalar(count + 1), place]);
  return g.op("Cast", [told], { to: INT64 });
}

/** `TensorProto.DataType` of float32 and int64. */
const [FLOAT, INT64] = [1, 7];

function int64s(g: GraphBuilder, numbers: readonly number[]): Value {
  return g.constant(BigInt64Array.from(numbers, BigInt));
}

function unsupported(who: string, name: string, expected: string, received: string): Error {
  return tidelineError("RUNTIME_UNSUPPORTED", { who, field: `column "${name}"`, expected, received });
}
