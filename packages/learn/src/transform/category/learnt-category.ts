import { tidelineError } from "@tideline/spec/error";
import { columnLength } from "../../frame/check-column.ts";
import type { Column, ColumnSchema } from "../../frame/column.ts";
import type { CategoryOptions } from "./category-option.ts";
import type { CategoryKind } from "./category-kind.ts";
import { categoryKindOf, categoryReader, MISSING } from "./category-reader.ts";
import { categoryOrder } from "./category-order.ts";
import { grown } from "./grow.ts";

/** What a fit learnt of a column's categories. */
export interface LearntCategories {
  readonly kind: CategoryKind;
  /** In their order: the given one, or that of `categoryOrder`. */
  readonly categories: readonly string[];
  /** [K], rows of each. */
  readonly counts: Float64Array;
  /** Rows without a value. */
  readonly missing: number;
  /** All rows. */
  readonly rows: number;
  /** [K], for each place the id that rows had while they were read. */
  readonly order: Int32Array;
}

/** A count of a column's categories in progress. */
export interface CategoryCount {
  /** Counts rows. */
  add(column: Column): void;
  /** Counts rows, and gives their ids, as a `CategoryReader` does. */
  read(column: Column): Int32Array;
  /** Ids given so far. */
  readonly size: number;
  finish(): LearntCategories;
}

/**
 * Counts the categories of a column over a fit.
 *
 * Errors: DATA_MALFORMED for more different values than `maxDistinct`; ARGUMENT_INVALID for a value that is none of the
 * given categories where `strict`; NOT_ENOUGH_DATA where no row has a value and none were given.
 */
export function categoryCount(
  who: string,
  column: ColumnSchema,
  { categories: given, maxDistinct = 1 }: CategoryOptions,
  strict = false,
): CategoryCount {
  const { name } = column;
  const kind = categoryKindOf(who, column);
  const own = given !== undefined && Object.hasOwn(given, name) ? given[name] : undefined;
  const reader = categoryReader({ who, name, given: own, maxDistinct });
  let counts = grown(new Float64Array(0), own?.length ?? 0);
  let [rows, missing] = [0, 0];
  const note = (id: number, times: number): void => {
    if (id >= counts.length) counts = grown(counts, id + 1);
    if (id >= 0) counts[id]! += times;
    else if (id === MISSING) missing += times;
    else if (strict) throw stranger(who, name, own!);
  };
  return {
    get size() {
      return reader.texts.length;
    },
    add(piece) {
      reader.count(piece, note);
      rows += columnLength(piece);
    },
    read(piece) {
      const ids = reader.read(piece);
      for (let row = 0; row < ids.length; row++) note(ids[row]!, 1);
      rows += ids.length;
      return ids;
    },
    finish() {
      const { texts } = reader;
      if (texts.length === 0)
        throw tidelineError("NOT_ENOUGH_DATA", {
          who,
          field: `column "${name}"`,
          expected: "at least one row with a value",
          received: rows === 0 ? "no rows" : `${rows} rows without one`,
        });
      const order = own === undefined ? categoryOrder(texts, kind) : Int32Array.from(texts, (_, at) => at);
      return {
        kind,
        categories: Object.freeze(Array.from(order, (id) => texts[id]!)),
        counts: Float64Array.from(order, (id) => counts[id]!),
        missing,
        rows,
        order,
      };
    },
  };
}

function stranger(who: string, name: string, given: readonly string[]): Error {
  const some = given
    .slice(0, 10)
    .map((text) => `"${text}"`)
    .join(", ");
  return tidelineError("ARGUMENT_INVALID", {
    who,
    field: `column "${name}"`,
    expected: `one of ${some}${given.length > 10 ? `, ... (${given.length})` : ""}`,
    received: "another value",
  });
}
