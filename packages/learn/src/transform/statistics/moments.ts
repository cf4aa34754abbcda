import { tidelineError } from "@tideline/spec/error";
import { copyNumbers, laneKernel, ROOM, type LaneKernel } from "../kernel/lane-kernel.ts";
import { packedLane, type Lane } from "../lane.ts";
import type { FloatArray } from "../../matrix.ts";

/** Values that stay in the first cache between the two passes over them. */
const BLOCK = 1024;

/** Count, mean and variance of the numbers of a stream; missing ones (NaN) do not count. */
export interface Moments {
  add(lane: Lane, rows: number): void;
  /** How many numbers there were. */
  readonly count: number;
  /** NaN without numbers. */
  readonly mean: number;
  /** What float64 leaves out of the mean: `1e9 +- 1e-3` has a mean whose digits end before the deviation's begin. */
  readonly meanRest: number;
  /** Of the population: divided by the count. NaN without numbers. */
  readonly variance: number;
}

/**
 * Moments in one pass over the rows. Numbers are taken as differences from the mean of the first block, each block of
 * 1024 in two passes around its own mean, blocks are joined as by T. F. Chan, G. H. Golub and R. J. LeVeque, "Updating
 * formulae and a pairwise algorithm for computing sample variances", 1979: `1e9 +- 1e-3` keeps ten digits.
 *
 * @param who for messages, with the name of the column.
 * @throws (from `add`) DATA_MALFORMED for an infinity, or numbers whose squares float64 does not hold.
 */
export function momentsOf(who: string, name: string): Moments {
  let [count, shift, mean, squares] = [0, Number.NaN, 0, 0];
  const block = { gaps: false, count: 0, sum: 0, squares: 0 };
  const join = (values: ArrayLike<number>, from: number, to: number): void => {
    if (Number.isNaN(shift)) shift = firstCentre(values, from, to);
    if (Number.isNaN(shift)) return;
    sumBlock(values, from, to, shift, block);
    if (block.count === 0) return;
    const total = count + block.count;
    const delta = block.sum / block.count - mean;
    mean += (delta * block.count) / total;
    squares += block.squares + delta * delta * ((count * block.count) / total);
    count = total;
  };
  const check = (): void => {
    if (Number.isFinite(squares) && Number.isFinite(mean)) return;
    throw tidelineError("DATA_MALFORMED", {
      who,
      field: `column "${name}"`,
      expected: "finite numbers whose squares are finite",
      received: "an infinity, or a number beyond 1e154",
      remedy: "Clip or drop the rows first.",
    });
  };
  return {
    add(lane, rows) {
      const values = packedLane(lane, rows);
      const kernel = laneKernel();
      if (kernel === null)
        for (let from = 0; from < rows; from += BLOCK) join(values, from, Math.min(rows, from + BLOCK));
      else {
        kernel.moments.set([count, shift, mean, squares, block.gaps ? 1 : 0]);
        addWith(kernel, values, rows);
        [count, shift, mean, squares] = kernel.moments as unknown as [number, number, number, number];
        block.gaps = kernel.moments[4] === 1;
      }
      check();
    },
    get count() {
      return count;
    },
    get mean() {
      return count === 0 ? Number.NaN : shift + mean;
    },
    get meanRest() {
      return count === 0 ? 0 : shift - (shift + mean) + mean;
    },
    get variance() {
      return count === 0 ? Number.NaN : Math.max(0, squares / count);
    },
  };
}

/** Adds numbers to the moments that the kernel has, those that do not stand in a room by way of one. */
function addWith(kernel: LaneKernel, values: FloatArray, rows: number): void {
  const address = kernel.address(values, 0);
  if (address >= 0) return kernel.addMoments(address, rows);
  for (let from = 0; from < rows; from += ROOM) {
    const to = Math.min(rows, from + ROOM);
    copyNumbers(values, from, to, kernel.block);
    kernel.addMoments(kernel.address(kernel.block, 0), to - from);
  }
}

/** A number near the others: the mean of the first ones, in which no single one weighs much. */
function firstCentre(values: ArrayLike<number>, from: number, to: number): number {
  let [sum, count] = [0, 0];
  for (let at = from; at < to; at++) {
    const value = values[at]!;
    if (!Number.isNaN(value)) {
      sum += value;
      count++;
    }
  }
  return count === 0 ? Number.NaN : Number.isFinite(sum) ? sum / count : 0;
}

interface BlockSums {
  /** Whether the last block lacked a number. */
  gaps: boolean;
  count: number;
  sum: number;
  squares: number;
}

/** The differences of a block that are numbers, side by side. */
const differences = new Float64Array(BLOCK);

/** Count, sum and squares around the block's mean of `value - shift`; four sums at a time, which need not wait for each other. */
function sumBlock(values: ArrayLike<number>, from: number, to: number, shift: number, out: BlockSums): void {
  // Where the last block lacked none, this one hardly does: one loop less. A sum that is no number says otherwise.
  if (!out.gaps && sumWhole(values, from, to, shift, out)) return;
  let count = 0;
  for (let at = from; at < to; at++) {
    const off = values[at]! - shift;
    // A missing one is written, and written over by the next.
    differences[count] = off;
    count += off === off ? 1 : 0;
  }
  out.gaps = count < to - from;
  let [a, b, c, d] = [0, 0, 0, 0];
  const even = count & ~3;
  for (let at = 0; at < even; at += 4) {
    a += differences[at]!;
    b += differences[at + 1]!;
    c += differences[at + 2]!;
    d += differences[at + 3]!;
  }
  for (let at = even; at < count; at++) a += differences[at]!;
  out.count = count;
  out.sum = a + b + (c + d);
  out.squares = squaresAround(out.sum / count, count);
}

/** {@link sumBlock} of a block without missing numbers; false where there is one. The same sums to the bit. */
function sumWhole(
  values: ArrayLike<number>,
  from: number,
  to: number,
  shift: number,
  out: BlockSums,
): boolean {
  let [a, b, c, d] = [0, 0, 0, 0];
  const count = to - from;
  const even = count & ~3;
  for (let at = 0; at < even; at += 4) {
    const w = values[from + at]! - shift;
    const x = values[from + at + 1]! - shift;
    const y = values[from + at + 2]! - shift;
    const z = values[from + at + 3]! - shift;
    differences[at] = w;
    differences[at + 1] = x;
    differences[at + 2] = y;
    differences[at + 3] = z;
    a += w;
    b += x;
    c += y;
    d += z;
  }
  for (let at = even; at < count; at++) {
    const off = values[from + at]! - shift;
    differences[at] = off;
    a += off;
  }
  const sum = a + b + (c + d);
  if (Number.isNaN(sum)) return false;
  out.count = count;
  out.sum = sum;
  out.squares = squaresAround(sum / count, count);
  return true;
}

/** The squares of the first `count` differences from their mean. */
function squaresAround(centre: number, count: number): number {
  let [a, b, c, d] = [0, 0, 0, 0];
  const even = count & ~3;
  for (let at = 0; at < even; at += 4) {
    const w = differences[at]! - centre;
    const x = differences[at + 1]! - centre;
    const y = differences[at + 2]! - centre;
    const z = differences[at + 3]! - centre;
    a += w * w;
    b += x * x;
    c += y * y;
    d += z * z;
  }
  for (let at = even; at < count; at++) {
    const off = differences[at]! - centre;
    a += off * off;
  }
  return a + b + (c + d);
}
