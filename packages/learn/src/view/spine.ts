import { tidelineError } from "@tideline/spec/error";
import type { Column, Frame, TimeColumn } from "../frame/column.ts";
import { columnNamed, columnOfKind } from "../frame/frame.ts";
import { factsOf } from "../frame/value-facts.ts";

const SPINE: unique symbol = Symbol("spine");

/**
 * Questions: rows of a join key and the time as of which features are asked, with anything else, as a label. Only
 * {@link spineOf} makes one, so that no training set is made of rows whose times nobody named.
 */
export interface Spine {
  readonly [SPINE]: true;
  readonly frame: Frame;
  /** The column of the join key. */
  readonly key: string;
  /** The column of times. */
  readonly time: string;
}

/** Names of the columns of a spine. */
export interface SpineOptions {
  readonly key: string;
  /** A time column in which no row is missing. */
  readonly time: string;
}

/**
 * Makes questions of a frame. Its rows may be in any order; one without a key has features of no rows.
 *
 * @throws ARGUMENT_INVALID for a column that is absent, a key that is no text or whole number, times that are no time
 *   column or missing in a row.
 * @example
 * const spine = spineOf(labels, { key: "subject", time: "event_time" });
 */
export function spineOf(frame: Frame, { key, time }: SpineOptions): Spine {
  const who = "spineOf";
  const found = columnNamed(frame, key, who);
  if (found.kind !== "string" && found.kind !== "integer")
    throw tidelineError("ARGUMENT_INVALID", {
      who,
      field: `key "${key}"`,
      expected: "a string or integer column",
      received: `a ${found.kind} column`,
      remedy: "Cast it: castColumn.",
    });
  completeTimes(frame, time, who);
  return Object.freeze({ [SPINE]: true as const, frame, key, time });
}

/** Whether a value is a spine made here. */
export function isSpine(value: unknown): value is Spine {
  return typeof value === "object" && value !== null && (value as Partial<Spine>)[SPINE] === true;
}

/** Refuses rows that are no spine. @throws ARGUMENT_INVALID */
export function checkSpine(value: Spine, who: string): Spine {
  if (isSpine(value)) return value;
  throw tidelineError("ARGUMENT_INVALID", {
    who,
    field: "spine",
    expected: "a spine made by spineOf",
    received: "something else",
    remedy: "Say which column holds the times of the questions: spineOf(frame, { key, time }).",
  });
}

/** A time column in which no row is missing. @throws ARGUMENT_INVALID naming the first row that is. */
export function completeTimes(rows: Frame, name: string, who: string): TimeColumn {
  const column = columnOfKind(rows, name, "time", who);
  const { values } = column;
  if (factsOf(values)?.complete === true) return column;
  for (let row = 0; row < values.length; row++)
    if (values[row] !== values[row])
      throw tidelineError("ARGUMENT_INVALID", {
        who,
        field: `column "${name}"`,
        expected: "a time in every row",
        received: `none in row ${row}`,
        remedy: "Leave such rows out: filterRows.",
      });
  return column;
}

/** Types of key columns that may be compared. */
export type KeyColumn = Extract<Column, { readonly kind: "string" | "integer" }>;
