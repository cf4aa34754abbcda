import { numbersOf, type Column } from "@tideline/learn/frame";
import { tidelineError, type TidelineError } from "@tideline/spec";

/** An input that columns fill. */
export interface FilledInput {
  readonly name: string;
  /** Numbers of one row. */
  readonly width: number;
  /** Whether the model has no other input. */
  readonly isOnly: boolean;
}

/** The numbers of a column, so many a row. */
export interface NumericColumn {
  readonly width: number;
  readonly values: ArrayLike<number>;
}

const wrong = (who: string, field: string, expected: string, received: string): TidelineError =>
  tidelineError("ARGUMENT_INVALID", { who, field, expected, received });

function numericColumn(who: string, column: Column): NumericColumn {
  if (column.kind !== "series")
    return { width: column.kind === "vector" ? column.width : 1, values: numbersOf(column, who) };
  const { offsets, values } = column;
  const rows = offsets.length - 1;
  const width = rows === 0 ? 0 : values.length / rows;
  const even = Array.from({ length: rows }, (_, row) => offsets[row + 1]! - offsets[row]!);
  if (even.every((length) => length === width)) return { width, values };
  throw wrong(who, `column "${column.name}"`, "lists of one length", "lists of several");
}

/**
 * The columns that fill an input of numbers: that of its name, those named `name_...`, or for the only input all columns of
 * numbers in their order.
 *
 * @param columns without those that are no input: the label, slices
 * @throws ARGUMENT_INVALID where they have not as many numbers a row as it wants
 */
export function inputColumns(
  who: string,
  { name, width, isOnly }: FilledInput,
  columns: readonly Column[],
): readonly NumericColumn[] {
  const own = columns.find((column) => column.name === name);
  const parts = columns.filter((column) => column.name.startsWith(`${name}_`));
  const numbers = isOnly ? columns.filter(({ kind }) => kind !== "string" && kind !== "bytes") : [];
  const from = own !== undefined ? [own] : parts.length > 0 ? parts : numbers;
  const filled = from.map((column) => numericColumn(who, column));
  if (filled.reduce((sum, part) => sum + part.width, 0) === width) return filled;
  const several = isOnly ? `, or ${width} columns of numbers` : "";
  throw wrong(
    who,
    `input "${name}"`,
    width === 1
      ? `a column "${name}"`
      : `a column "${name}" of ${width} numbers, columns "${name}_..."${several}`,
    columns
      .slice(0, 20)
      .map((column) => `"${column.name}"`)
      .join(", ") || "no column",
  );
}

/** The numbers of some rows: of each, those of every column. */
export function rowNumbers(
  columns: readonly NumericColumn[],
  rows: ArrayLike<number>,
  out: Float32Array | Float64Array,
): typeof out {
  let to = 0;
  for (let at = 0; at < rows.length; at += 1)
    for (const { width, values } of columns)
      for (let own = 0; own < width; own += 1) out[to++] = values[rows[at]! * width + own]!;
  return out;
}
