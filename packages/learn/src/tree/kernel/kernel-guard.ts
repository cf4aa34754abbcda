import { tidelineError, type TidelineError } from "@tideline/spec";
import type { BinnedTable } from "../binned-table.ts";

/** Holds the calls of kernels to the room that they have, before any of it is written to. */
export interface KernelGuard {
  /** Rows of a tree are about to be taken up. */
  start(bag: Int32Array | undefined): void;
  /** A leaf that the tree has. */
  leaf(leaf: number): void;
  slot(slot: number): void;
  feature(feature: number): void;
  /** A leaf of the tree gives rows to another. */
  partition(leaf: number, into: number, feature: number): void;
  /** A column of scores takes up a value of each leaf. */
  addTo(scores: Float64Array, values: Float64Array, offset: number, stride: number): void;
  /** From now on every call is refused. */
  release(): void;
}

/**
 * A guard of kernels' calls. It compares a few numbers a call, and once the rows of a bag.
 *
 * @throws ARGUMENT_INVALID from its functions, naming the place; UNAVAILABLE after `release`.
 * @example
 * const guard = kernelGuard(table, { slots: 31, leaves: 31 });
 * guard.start(undefined);
 * guard.leaf(1); // throws: the tree has leaf 0 only
 */
export function kernelGuard(
  { rows, features }: BinnedTable,
  room: { readonly slots: number; readonly leaves: number },
): KernelGuard {
  let { slots, leaves } = room;
  let columns = features.length;
  let used = 0;
  let released = false;
  const check = (field: string, place: number, count: number): void => {
    if (place >= 0 && place < count && Number.isInteger(place)) return;
    throw released ? releasedKernels() : outside(field, place, count);
  };
  return Object.freeze<KernelGuard>({
    start(bag) {
      if (released) throw releasedKernels();
      if (bag !== undefined) checkBag(bag, rows);
      used = 1;
    },
    leaf: (leaf) => check("leaf", leaf, used),
    slot: (slot) => check("slot", slot, slots),
    feature: (feature) => check("feature", feature, columns),
    partition(leaf, into, feature) {
      check("leaf", leaf, used);
      check("into", into, leaves);
      if (into === 0) throw invalid("into", "a leaf beside the first", "0");
      check("split.feature", feature, columns);
      used = Math.max(used, into + 1);
    },
    addTo(scores, values, offset, stride) {
      if (released) throw releasedKernels();
      check("offset", offset, scores.length);
      check("stride", stride, scores.length + 1);
      check("offset + stride * rows", offset + stride * (rows - 1), scores.length);
      if (values.length >= used) return;
      throw invalid("values", `one of each of ${String(used)} leaves`, String(values.length));
    },
    release() {
      released = true;
      slots = leaves = columns = used = 0;
    },
  });
}

/** What ascends lies between its ends, so rows are compared with their neighbours alone. */
function checkBag(bag: Int32Array, rows: number): void {
  const { length } = bag;
  if (length === 0) return;
  let last = bag[0]!;
  if (last < 0) throw wrongRow(bag, 0, rows);
  for (let at = 1; at < length; at++) {
    const row = bag[at]!;
    if (row <= last) throw wrongRow(bag, at, rows);
    last = row;
  }
  if (last >= rows)
    throw wrongRow(
      bag,
      bag.findIndex((row) => row >= rows),
      rows,
    );
}

function wrongRow(bag: Int32Array, at: number, rows: number): TidelineError {
  const row = bag[at]!;
  const expected =
    row >= 0 && row < rows
      ? `rows that ascend, each once: one above ${String(bag[at - 1])}`
      : `rows from 0 to ${String(rows - 1)}`;
  return invalid("bag", expected, `row ${String(row)} at place ${String(at)}`);
}

function outside(field: string, place: number, count: number): TidelineError {
  const expected = count === 0 ? "nothing, as there is none" : `an integer from 0 to ${String(count - 1)}`;
  return invalid(field, expected, String(place));
}

function invalid(field: string, expected: string, received: string): TidelineError {
  return tidelineError("ARGUMENT_INVALID", { who: "tree kernels", field, expected, received });
}

function releasedKernels(): TidelineError {
  return tidelineError("UNAVAILABLE", {
    who: "tree kernels",
    expected: "kernels that are open",
    received: "kernels that were released",
  });
}
