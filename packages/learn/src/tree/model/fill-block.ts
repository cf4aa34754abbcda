import { codeAt, type BoundColumn } from "./bind-column.ts";
import type { PackedEnsemble } from "./pack.ts";
import { ZERO_SIZE } from "./zero.ts";

type Numbers = Extract<BoundColumn, { kind: "numeric" }>;

/** A run of rows, and where their slots lie. */
interface Run {
  readonly from: number;
  readonly rows: number;
  readonly stride: number;
}

/** A loop for each kind of array: one that meets several kinds of them is slow for all. */
function fillNumbers(
  { values, zeroIsMissing }: Numbers,
  sign: 1 | -1,
  block: Float64Array,
  slot: number,
  { from, rows, stride }: Run,
): void {
  if (values instanceof Float64Array)
    for (let row = 0, at = slot; row < rows; row++, at += stride) block[at] = sign * values[from + row]!;
  else if (values instanceof Float32Array)
    for (let row = 0, at = slot; row < rows; row++, at += stride) block[at] = sign * values[from + row]!;
  else if (values instanceof Int32Array)
    for (let row = 0, at = slot; row < rows; row++, at += stride) block[at] = sign * values[from + row]!;
  else for (let row = 0, at = slot; row < rows; row++, at += stride) block[at] = sign * values[from + row]!;
  if (!zeroIsMissing) return;
  for (let row = 0, at = slot; row < rows; row++, at += stride)
    if (Math.abs(block[at]!) <= ZERO_SIZE) block[at] = Number.NaN;
}

/** Codes of the feature; what is missing gets the code after the last. */
function fillCodes(
  column: Exclude<BoundColumn, Numbers>,
  block: Float64Array,
  slot: number,
  { from, rows, stride }: Run,
): void {
  for (let row = 0, at = slot; row < rows; row++, at += stride) {
    const code = codeAt(column, from + row);
    block[at] = code === -1 ? column.categories : code;
  }
}

/** Writes the slots of rows `from` to `from + rows` into a block, row by row, each with a NaN behind it. */
export function fillBlock(
  { slots }: PackedEnsemble,
  columns: readonly BoundColumn[],
  block: Float64Array,
  from: number,
  rows: number,
): void {
  const stride = slots.length + 1;
  const run = { from, rows, stride };
  for (let slot = 0; slot < slots.length; slot++) {
    const { feature, kind } = slots[slot]!;
    const column = columns[feature]!;
    if (column.kind === "numeric") fillNumbers(column, kind === "negated" ? -1 : 1, block, slot, run);
    else fillCodes(column, block, slot, run);
  }
  for (let row = 0, at = slots.length; row < rows; row++, at += stride) block[at] = Number.NaN;
}
