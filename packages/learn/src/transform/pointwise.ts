import type { Column, Frame } from "../frame/column.ts";
import { columnNamed } from "../frame/frame.ts";
import { numbersOf } from "../frame/numbers-of.ts";
import type { FloatArray } from "../matrix.ts";
import { copyNumbers, giveRoom, laneKernel, ROOM, takeRoom } from "./kernel/lane-kernel.ts";
import type { Lane } from "./lane.ts";
import type { FittedTransform } from "./transform.ts";

/** A fitted transform of single numbers: each output is that of the number at its place, whatever stands around it. */
export interface Pointwise {
  /** The unit of what comes out: that of the input, or none. */
  readonly keepsUnit: boolean;
  /** Writes `rows` outputs of input column `at`; `from` and `to` share no memory. */
  applyLane(at: number, from: Lane, to: Lane, rows: number): void;
}

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

/** Writes what the steps make of rows `from` to `to` of a column to the front of `out`. */
export function applyPending(
  { values, steps }: PendingColumn,
  from: number,
  to: number,
  out: Float64Array<ArrayBufferLike>,
): void {
  const kernel = laneKernel();
  const rooms = [takeRoom(), takeRoom()] as const;
  const lanes = rooms.map((room): Lane => ({ values: room, start: 0, stride: 1 }));
  // Kernels reach rooms alone.
  const [copied, direct] = [kernel !== null, kernel === null || kernel.address(out, 0) >= 0];
  try {
    for (let start = from; start < to; start += ROOM) {
      const end = Math.min(to, start + ROOM);
      const given = values.subarray(start, end);
      let lane: Lane = { values: given, start: 0, stride: 1 };
      let place = 0;
      if (copied) {
        copyNumbers(values, start, end, rooms[0]);
        lane = lanes[0]!;
        place = 1;
      }
      for (const [at, { step, at: input }] of steps.entries()) {
        const last = direct && at === steps.length - 1;
        const next: Lane = last
          ? { values: out.subarray(start - from, end - from), start: 0, stride: 1 }
          : lanes[place]!;
        step.applyLane(input, lane, next, end - start);
        lane = next;
        place ^= 1;
      }
      if (!direct) out.set(lane.values.subarray(0, end - start), start - from);
    }
  } finally {
    for (const room of rooms) giveRoom(room);
  }
}

/** The column that the steps make, computed. */
export function pendingColumn(pending: PendingColumn): Column {
  const { name, unit, values } = pending;
  const out = new Float64Array(values.length);
  applyPending(pending, 0, values.length, out);
  return { kind: "float", name, values: out, ...(unit === undefined ? {} : { unit }) };
}
