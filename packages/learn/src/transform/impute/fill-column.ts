import type { Column, StringColumn } from "../../frame/column.ts";
import { laneKernel } from "../kernel/lane-kernel.ts";
import { lanesOf, type Lane } from "../lane.ts";

/**
 * A column with what is missing filled in: floats of numbers, times and truths where they stay such.
 *
 * @param fill a text for strings, else a number for each element of a row.
 * @param whole whether truths stay truths.
 */
export function fillColumn(column: Column, rows: number, fill: string | Float64Array, whole = false): Column {
  if (column.kind === "string") return fillText(column, fill as string);
  const fills = fill as Float64Array;
  const width = column.kind === "vector" ? column.width : 1;
  const out = new Float64Array(rows * width);
  for (const [lane, { values, start, stride }] of lanesOf([column], "simpleImputer").entries()) {
    const own = fills[lane]!;
    fillLane({ values, start, stride }, { values: out, start: lane, stride: width }, rows, own);
  }
  const { name } = column;
  if (column.kind === "time") return { kind: "time", name, values: out };
  if (whole) return { kind: "boolean", name, values: Uint8Array.from(out, (value) => (value === 0 ? 0 : 1)) };
  const unit = "unit" in column && column.unit !== undefined ? { unit: column.unit } : {};
  if (column.kind === "vector") return { kind: "vector", name, width, values: out, ...unit };
  return { kind: "float", name, values: out, ...unit };
}

function fillText({ name, codes, dictionary }: StringColumn, fill: string): StringColumn {
  const known = dictionary.indexOf(fill);
  const empty = dictionary.indexOf("");
  const place = known >= 0 ? known : dictionary.length;
  const out = new Int32Array(codes.length);
  for (let row = 0; row < codes.length; row++) {
    const code = codes[row]!;
    out[row] = code < 0 || code === empty ? place : code;
  }
  return { kind: "string", name, codes: out, dictionary: known >= 0 ? dictionary : [...dictionary, fill] };
}

/** Writes the numbers of a lane, `fill` for those that are missing. */
export function fillLane(from: Lane, to: Lane, rows: number, fill: number): void {
  const [source, target] = [from.values, to.values];
  if (from.stride === 1 && to.stride === 1 && from.start === 0 && to.start === 0) {
    const kernel = laneKernel();
    const [read, write] = [kernel?.address(source, 0) ?? -1, kernel?.address(target, 0) ?? -1];
    if (kernel !== null && read >= 0 && write >= 0) return kernel.fillNumbers(read, write, rows, fill);
    for (let row = 0; row < rows; row++) {
      const value = source[row]!;
      target[row] = value === value ? value : fill;
    }
    return;
  }
  for (
    let row = 0, read = from.start, write = to.start;
    row < rows;
    row++, read += from.stride, write += to.stride
  ) {
    const value = source[read]!;
    target[write] = value === value ? value : fill;
  }
}
