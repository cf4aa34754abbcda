import { setImmediate } from "node:timers/promises";
import { emptyFrame, type Frame } from "@tideline/learn/frame";
import { columnCursor } from "./column-cursor.ts";
import { columnMaker } from "./column-maker.ts";
import { damagedPages } from "./damaged-pages.ts";
import type { ColumnPart } from "./column-part.ts";
import { fillThread } from "./fill-thread.ts";
import { scratchPool } from "./page-scratch.ts";
import type { PlannedColumn } from "./parquet-plan.ts";

/** Packed bytes of columns below which a second thread takes longer to start than it saves. */
const LEAST_SHARED = 16 * 2 ** 20;

/**
 * The rows of columns in pieces of `pieceRows`, read by this thread and, where there is much to read, by others beside it:
 * each has columns of its own, and those of other threads read the next piece while this one is used.
 *
 * @throws DATA_MALFORMED for damaged pages, ARGUMENT_INVALID for a column that is asked twice.
 */
export async function* readColumns(
  who: string,
  columns: readonly PlannedColumn[],
  rows: number,
  pieceRows: number,
  threads: number,
): AsyncGenerator<Frame> {
  // Checks names and kinds, once for all pieces.
  emptyFrame(columns.map(({ schema }) => schema));
  const hands = dealt(columns, threads);
  const others = hands.slice(1).map((own) => fillThread(own.map((at) => columns[at]!.plan)));
  const pool = scratchPool();
  const mine = hands[0]!.map((at) => ({ at, cursor: columnCursor(columns[at]!.plan, pool) }));
  const makers = columns.map(({ schema }) => columnMaker(schema));
  const next = (left: number): void => {
    if (left > 0) for (const other of others) other.ask(Math.min(pieceRows, left));
  };
  try {
    next(rows);
    for (let left = rows; left > 0;) {
      const count = Math.min(pieceRows, left);
      const parts: ColumnPart[] = [];
      for (const { at, cursor } of mine) {
        parts[at] = cursor.take(count);
        // Others have their turn between columns.
        await setImmediate();
      }
      for (const [hand, other] of others.entries())
        for (const [place, part] of (await other.parts()).entries()) parts[hands[hand + 1]![place]!] = part;
      left -= count;
      next(left);
      // Cursors make what a frame is, so that nobody goes through all codes once more.
      const made = parts.map((part, at) => makers[at]!(part));
      yield Object.freeze({ rows: count, columns: Object.freeze(made) });
    }
  } catch (error) {
    throw damagedPages(who, error);
  } finally {
    for (const { cursor } of mine) cursor.close();
    await Promise.all(others.map((other) => other.close()));
  }
}

/** Places of columns by threads, about as many bytes each; those of the first are this thread's. */
function dealt(columns: readonly PlannedColumn[], threads: number): readonly (readonly number[])[] {
  const sizes = columns.map(({ plan }) => plan.chunks.reduce((sum, { length }) => sum + length, 0));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const count = total < LEAST_SHARED ? 1 : Math.max(1, Math.min(threads, columns.length));
  const hands = Array.from({ length: count }, () => ({ size: 0, columns: [] as number[] }));
  for (const at of sizes
    .keys()
    .toArray()
    .toSorted((one, other) => sizes[other]! - sizes[one]!)) {
    const least = hands.reduce((best, hand) => (hand.size < best.size ? hand : best));
    least.size += sizes[at]!;
    least.columns.push(at);
  }
  // The largest hand is another thread's: this one has the consumer besides.
  return hands
    .toSorted((one, other) => one.size - other.size)
    .map((hand) => hand.columns.toSorted((a, b) => a - b));
}
