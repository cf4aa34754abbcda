import { tidelineError } from "@tideline/spec/error";
import type { Column, ColumnKind, Frame } from "./column.ts";
import { concatColumn } from "./concat-column.ts";
import { columnNamed } from "./frame.ts";

/**
 * The rows of several frames, one after the other. Columns go together by name, in the order of the first frame;
 * dictionaries are merged; float32 beside float64 becomes float64, whole numbers become the narrowest type that holds
 * all.
 *
 * @throws ARGUMENT_INVALID for no frames, and where names, kinds, widths or units differ.
 */
export function concatFrames(frames: readonly Frame[]): Frame {
  const [first, ...rest] = frames;
  if (first === undefined) throw wrong("frames", "at least one", "none");
  if (rest.length === 0) return first;
  for (const [at, frame] of rest.entries()) checkNames(first, frame, at + 1);
  const rows = frames.reduce((sum, frame) => sum + frame.rows, 0);
  const columns = first.columns.map((column) => {
    const parts = frames.map((frame) => columnNamed(frame, column.name, "concatFrames"));
    for (const [at, part] of parts.entries()) checkAlike(column, part, at);
    return concatColumn(parts as [Column, ...Column[]], rows);
  });
  return Object.freeze({ rows, columns: Object.freeze(columns) });
}

function checkNames(first: Frame, other: Frame, at: number): void {
  const names = new Set(first.columns.map(({ name }) => name));
  const surplus = other.columns.find(({ name }) => !names.has(name));
  if (surplus !== undefined)
    throw wrong(`frames[${at}]`, "the columns of frames[0]", `a column "${surplus.name}" as well`);
  if (other.columns.length === first.columns.length) return;
  const there = new Set(other.columns.map(({ name }) => name));
  const lacking = first.columns.find(({ name }) => !there.has(name));
  throw wrong(`frames[${at}]`, `the columns of frames[0]`, `no column "${lacking!.name}"`);
}

function checkAlike(first: Column, other: Column, at: number): void {
  const field = `frames[${at}], column "${first.name}"`;
  const described = (column: Column): string => {
    const kind: ColumnKind = column.kind;
    const width = column.kind === "vector" ? ` of width ${column.width}` : "";
    const unit = "unit" in column && column.unit !== undefined ? ` in ${column.unit}` : "";
    return `a ${kind} column${width}${unit}`;
  };
  if (described(first) !== described(other)) throw wrong(field, described(first), described(other));
  if (first.kind !== "series" || other.kind !== "series") return;
  const whole = (column: { readonly values: unknown }) => column.values instanceof Int32Array;
  if (whole(first) !== whole(other))
    throw wrong(field, `a series of ${whole(first) ? "integers" : "floats"}`, "the other");
}

function wrong(field: string, expected: string, received: string): Error {
  return tidelineError("ARGUMENT_INVALID", { who: "concatFrames", field, expected, received });
}
