import { tidelineError } from "@tideline/spec/error";
import { copyBits } from "./copy-bits.ts";
import type { BytesColumn, Column, Frame, SeriesColumn, Validity } from "./column.ts";

/**
 * The rows from `start` up to `end`, which is left out. Values are views of those of the frame; bitmaps that do not
 * start at a byte and offsets are copied.
 *
 * @throws ARGUMENT_INVALID for bounds that are no integers, descend or pass the rows.
 * @example
 * sliceRows(rows, 0, 1_000); // the first thousand
 */
export function sliceRows(rows: Frame, start: number, end: number = rows.rows): Frame {
  const right = Number.isInteger(start) && Number.isInteger(end) && start >= 0 && start <= end;
  if (!right || end > rows.rows)
    throw tidelineError("ARGUMENT_INVALID", {
      who: "sliceRows",
      field: "start, end",
      expected: `integers with 0 <= start <= end <= ${rows.rows}, the rows`,
      received: `${start}, ${end}`,
    });
  if (start === 0 && end === rows.rows) return rows;
  const columns = rows.columns.map((column) => sliceColumn(column, start, end));
  return Object.freeze({ rows: end - start, columns: Object.freeze(columns) });
}

/**
 * The frame in pieces of `counts` rows, in order, as views.
 *
 * @throws ARGUMENT_INVALID where the counts are not whole or do not add up to the rows.
 * @example
 * const [train, test] = splitRows(rows, [800, 200]);
 */
export function splitRows(rows: Frame, counts: readonly number[]): readonly Frame[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total !== rows.rows || counts.some((count) => !Number.isInteger(count) || count < 0))
    throw tidelineError("ARGUMENT_INVALID", {
      who: "splitRows",
      field: "counts",
      expected: `whole numbers that add up to ${rows.rows}, the rows`,
      received: counts.join(", ") || "none",
    });
  let start = 0;
  return counts.map((count) => sliceRows(rows, start, (start += count)));
}

/** The rows of a column from `start` to `end`, which are not checked. */
export function sliceColumn(column: Column, start: number, end: number): Column {
  switch (column.kind) {
    case "float":
    case "time":
      return { ...column, values: column.values.subarray(start, end) } as Column;
    case "vector":
      return { ...column, values: column.values.subarray(start * column.width, end * column.width) };
    case "string":
      return { ...column, codes: column.codes.subarray(start, end) };
    case "integer":
    case "boolean":
      return {
        ...column,
        values: column.values.subarray(start, end),
        ...bits(column.validity, start, end),
      } as Column;
    case "series":
    case "bytes":
      return sliceRagged(column, start, end);
  }
}

function sliceRagged(column: SeriesColumn | BytesColumn, start: number, end: number): Column {
  const first = column.offsets[start]!;
  const view = column.offsets.subarray(start, end + 1);
  const offsets = first === 0 ? view : view.map((offset) => offset - first);
  const values = column.values.subarray(first, column.offsets[end]);
  return { ...column, offsets, values, ...bits(column.validity, start, end) } as Column;
}

function bits(validity: Validity | undefined, start: number, end: number): { readonly validity?: Validity } {
  if (validity === undefined) return {};
  if ((start & 7) === 0) return { validity: validity.subarray(start >> 3, Math.ceil(end / 8)) };
  const out = new Uint8Array(Math.ceil((end - start) / 8));
  copyBits(validity, start, end - start, out, 0);
  return { validity: out };
}
