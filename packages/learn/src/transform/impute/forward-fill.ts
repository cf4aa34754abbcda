import { tidelineError } from "@tideline/spec/error";
import type { Column, FrameSchema } from "../../frame/column.ts";
import { takeColumn } from "../../frame/take-rows.ts";
import { isMissing } from "../../frame/validity.ts";
import { FORMS } from "../../net/estimator/option-form.ts";
import { checkedSelection } from "../checked-selection.ts";
import { resolveOptions } from "../resolve-options.ts";
import { ALL_KINDS } from "../rule/drop-missing.ts";
import { learnsNothing } from "../stateless-fit.ts";
import type { TransformDef } from "../transform-def.ts";
import { transformOf, type Selection, type Transform } from "../transform.ts";

/** What {@link forwardFill} takes. */
export interface ForwardFillOptions {
  /** The column of instants by which rows follow one another. Default: the order of the rows. */
  readonly time?: string;
  /** The column of strings or whole numbers that says whose row it is. Default: all rows are of one. */
  readonly key?: string;
  /** How many rows a value may stand in for. Default: any number. */
  readonly limit?: number;
  /** How old it may be then, in seconds; needs `time`. Default: any age. */
  readonly maxAge?: number;
}

const KIND = "forwardFill";
const FORMS_OF = { time: FORMS.text, key: FORMS.text, limit: FORMS.count, maxAge: FORMS.positive };

/** The definition behind {@link forwardFill}. */
export const FORWARD_FILL: TransformDef<ForwardFillOptions, null> = Object.freeze({
  kind: KIND,
  traits: { accepts: ALL_KINDS, labels: "none", memory: "bounded", ordered: true, acrossRows: true } as const,
  forms: FORMS_OF,
  resolve: (given: ForwardFillOptions) => resolveOptions(KIND, FORMS_OF, {}, given),
  begin({ time, key, maxAge }: ForwardFillOptions, inputs: FrameSchema) {
    const want = (name: string | undefined, kinds: readonly string[]) => {
      if (name === undefined) return;
      const column = inputs.find((one) => one.name === name);
      if (column === undefined || !kinds.includes(column.kind))
        throw tidelineError("ARGUMENT_INVALID", {
          who: KIND,
          field: `column "${name}"`,
          expected: `a column of kind ${kinds.join(", ")} among the columns`,
          received: column === undefined ? "none" : `a ${column.kind} column`,
        });
    };
    want(time, ["time"]);
    want(key, ["string", "integer"]);
    if (maxAge !== undefined && time === undefined)
      throw tidelineError("ARGUMENT_INVALID", {
        who: KIND,
        field: "maxAge",
        expected: "`time` beside it",
        received: "none",
      });
    return learnsNothing(null);
  },
  outputs: (_: null, _options: ForwardFillOptions, inputs: FrameSchema) => inputs,
  apply(_: null, options: ForwardFillOptions, columns: readonly Column[], rows: number) {
    const order = orderOf(options, columns, rows);
    const keys = keysOf(options.key, columns, rows);
    const times = options.time === undefined ? undefined : columns.find(({ name }) => name === options.time);
    return columns.map((column) =>
      column.name === options.key || column.name === options.time
        ? column
        : filled(column, order, keys, times?.kind === "time" ? times.values : undefined, options),
    );
  },
  lower: { unsupported: "it reads other rows, which a graph of single rows cannot" },
});

/** The rows in the order of time; rows without a time last, equal times in their own order. */
function orderOf({ time }: ForwardFillOptions, columns: readonly Column[], rows: number): Int32Array {
  const order = Int32Array.from({ length: rows }, (_, row) => row);
  const column = columns.find(({ name }) => name === time);
  if (time === undefined || column?.kind !== "time") return order;
  const { values } = column;
  const at = (row: number): number => (Number.isNaN(values[row]!) ? Infinity : values[row]!);
  return order.sort((a, b) => (at(a) === at(b) ? a - b : at(a) - at(b)));
}

/** A number for each row, equal for equal keys; -1 for none. */
function keysOf(key: string | undefined, columns: readonly Column[], rows: number): Int32Array {
  const column = columns.find(({ name }) => name === key);
  if (key === undefined || column === undefined) return new Int32Array(rows);
  if (column.kind === "string") return column.codes;
  const out = new Int32Array(rows).fill(-1);
  const places = new Map<number | bigint, number>();
  if (column.kind === "integer")
    for (let row = 0; row < rows; row++) {
      if (isMissing(column, row)) continue;
      const value = column.values[row]!;
      if (!places.has(value)) places.set(value, places.size);
      out[row] = places.get(value)!;
    }
  return out;
}

function filled(
  column: Column,
  order: Int32Array,
  keys: Int32Array,
  times: Float64Array | undefined,
  { limit = Infinity, maxAge = Infinity }: ForwardFillOptions,
): Column {
  const places = Int32Array.from({ length: order.length }, (_, row) => row);
  const last = new Map<number, { row: number; used: number }>();
  let any = false;
  for (const row of order) {
    const key = keys[row]!;
    if (!isMissing(column, row)) {
      last.set(key, { row, used: 0 });
      continue;
    }
    const known = key < 0 ? undefined : last.get(key);
    if (known === undefined || known.used >= limit) continue;
    const age = times === undefined ? 0 : (times[row]! - times[known.row]!) / 1e6;
    if (!(age <= maxAge)) continue;
    places[row] = known.row;
    known.used++;
    any = true;
  }
  return any ? takeColumn(column, places) : column;
}

/**
 * Fills what is missing with the last value before it, for each key by time: the last known heart rate of a person. A value never
 * comes from a later row. It reads the rows of one frame: give it those of a key together.
 *
 * @throws DEFINITION_ILLEGAL for options that there are not.
 * @example
 * fitTransform(forwardFill({ columns: ["heart_rate"], key: "user", time: "event_time", maxAge: 3600 }), rows);
 */
export function forwardFill(options: ForwardFillOptions & Selection = {}): Transform {
  const { columns, key, time } = checkedSelection(FORWARD_FILL.kind, options);
  if (columns === undefined || "kinds" in columns) return transformOf(FORWARD_FILL, options);
  const own = [key, time].filter((name) => name !== undefined && !columns.includes(name)) as string[];
  return transformOf(FORWARD_FILL, { ...options, columns: [...columns, ...own] });
}
