import { tidelineError } from "@tideline/spec";
import type { Column } from "../../frame/column.ts";
import { lanesOf } from "../lane.ts";

/** The numbers of rows side by side, [rows, F], NaN where one is missing. */
export function rowMatrix(columns: readonly Column[], rows: number, who: string): Float64Array {
  const lanes = lanesOf(columns, who);
  const width = lanes.length;
  const out = new Float64Array(rows * width);
  for (const [lane, { values, start, stride }] of lanes.entries())
    for (let row = 0, read = start, write = lane; row < rows; row++, read += stride, write += width)
      out[write] = values[read]!;
  return out;
}

/** Columns of the numbers of rows, named and shaped as the inputs; floats and vectors. */
export function columnsOfRows(
  like: readonly Column[],
  values: Float64Array,
  rows: number,
): readonly Column[] {
  const width = like.reduce((sum, column) => sum + (column.kind === "vector" ? column.width : 1), 0);
  let lane = 0;
  return like.map((column): Column => {
    const own = column.kind === "vector" ? column.width : 1;
    const out = new Float64Array(rows * own);
    for (let element = 0; element < own; element++, lane++)
      for (let row = 0; row < rows; row++) out[row * own + element] = values[row * width + lane]!;
    const unit = "unit" in column && column.unit !== undefined ? { unit: column.unit } : {};
    return column.kind === "vector"
      ? { kind: "vector", name: column.name, width: own, values: out, ...unit }
      : { kind: "float", name: column.name, values: out, ...unit };
  });
}

/** Numbers of rows that a fit keeps at most: 256 MB. */
export const MOST_KEPT = 2 ** 25;

/** Rows that come in pieces, kept side by side in one array. */
export interface RowKeeper {
  /** Errors: ARGUMENT_INVALID for more than {@link MOST_KEPT} numbers. */
  add(columns: readonly Column[], rows: number): void;
  readonly rows: number;
  /** [rows, F], NaN where a number is missing. */
  take(): Float64Array;
}

/** A keeper of rows for the fit of `who`, `width` numbers each. */
export function rowKeeper(who: string, width: number): RowKeeper {
  const parts: Float64Array[] = [];
  let kept = 0;
  return {
    add(columns, rows) {
      if ((kept + rows) * width > MOST_KEPT)
        throw tidelineError("ARGUMENT_INVALID", {
          who,
          field: "rows",
          expected: `at most ${MOST_KEPT} numbers, which are kept`,
          received: `${kept * width}, and ${rows} rows of ${width} more`,
          remedy: "Fit on a sample of the rows.",
        });
      parts.push(rowMatrix(columns, rows, who));
      kept += rows;
    },
    get rows() {
      return kept;
    },
    take() {
      if (parts.length === 1) return parts[0]!;
      const out = new Float64Array(kept * width);
      let at = 0;
      for (const part of parts) {
        out.set(part, at);
        at += part.length;
      }
      return out;
    },
  };
}
