import type { Column, Frame } from "../frame/column.ts";
import { columnNamed } from "../frame/frame.ts";
import { numbersOf } from "../frame/numbers-of.ts";
import type { FloatArray } from "../matrix.ts";
import type { Lane } from "./lane.ts";
import type { FittedTransform } from "./transform.ts";

/** A fitted transform of single numbers: each output is that of the number at its place, whatever stands around it. */
export interface Pointwise {
  /** The unit of what comes out: that of the input, or none. */
  readonly keepsUnit: boolean;
  /** Writes `rows` outputs of input column `at`; `from` and `to` share no memory. */
  applyLane(at: number, from: Lane, to: Lane, rows: number): void;
}

/** Rows that go through all steps while they stay in the first cache. */
const BLOCK = 1024;

/** A column that steps are yet to be applied to. */
export interface PendingColumn {
  readonly name: string;
  readonly unit?: string;
  readonly values: FloatArray;
  readonly steps: readonly { readonly step: Pointwise; readonly at: number }[];
}

/**
 * What consecutive steps make of the columns that they write, by name, before any number is computed. Undefined where a
 * step is not pointwise, or reads a column that is neither floats nor whole numbers.
 */
export function pendingColumns(
  steps: readonly FittedTransform[],
  rows: Frame,
): ReadonlyMap<string, PendingColumn> | undefined {
  const pending = new Map<string, PendingColumn>();
  for (const { kind, inputs, pointwise: step } of steps) {
    if (step === undefined) return undefined;
    for (const [at, input] of inputs.entries()) {
      const before = pending.get(input.name) ?? untouched(columnNamed(rows, input.name, kind), input.kind);
      if (before === undefined || (before.steps.length > 0 && input.kind !== "float")) return undefined;
      const { name, values } = before;
      const unit = step.keepsUnit && before.unit !== undefined ? { unit: before.unit } : {};
      pending.set(name, { name, ...unit, values, steps: [...before.steps, { step, at }] });
    }
  }
  return pending;
}

/** A column that no step is to be applied to yet; undefined for one of another kind, or of neither floats nor whole numbers. */
export function untouched(column: Column, kind: Column["kind"]): PendingColumn | undefined {
  if (column.kind !== kind || (kind !== "float" && kind !== "integer")) return undefined;
  const unit = "unit" in column && column.unit !== undefined ? { unit: column.unit } : {};
  return { name: column.name, ...unit, values: numbersOf(column), steps: [] };
}

const between = [new Float64Array(BLOCK), new Float64Array(BLOCK)] as const;

/** Writes what the steps make of rows `from` to `to` of a column to the front of `out`. */
export function applyPending(
  { values, steps }: PendingColumn,
  from: number,
  to: number,
  out: Float64Array,
): void {
  for (let start = from; start < to; start += BLOCK) {
    const end = Math.min(to, start + BLOCK);
    let lane: Lane = { values: values.subarray(start, end), start: 0, stride: 1 };
    for (const [place, { step, at }] of steps.entries()) {
      const last = place === steps.length - 1;
      const target = last ? out.subarray(start - from, end - from) : between[place & 1]!;
      const next = { values: target, start: 0, stride: 1 };
      step.applyLane(at, lane, next, end - start);
      lane = next;
    }
  }
}

/** The column that the steps make, computed. */
export function pendingColumn(pending: PendingColumn): Column {
  const { name, unit, values } = pending;
  const out = new Float64Array(values.length);
  applyPending(pending, 0, values.length, out);
  return { kind: "float", name, values: out, ...(unit === undefined ? {} : { unit }) };
}
