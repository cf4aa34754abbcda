import { setImmediate } from "node:timers/promises";
import { emptyFrame, type Frame } from "@tideline/learn/frame";
import { threadHand, type ThreadHand } from "../thread-hand.ts";
import { columnCursor } from "./column-cursor.ts";
import { columnMaker } from "./column-maker.ts";
import { damagedPages } from "./damaged-pages.ts";
import type { ColumnPart } from "./column-part.ts";
import { dealColumns, turnsOf, type ColumnShare } from "./column-share.ts";
import { fillThread } from "./fill-thread.ts";
import { noReader } from "./no-reader.ts";
import { scratchPool, type ScratchPool } from "./page-scratch.ts";
import type { PlannedColumn } from "./parquet-plan.ts";

/** Packed bytes of columns below which a second thread takes longer to start than it saves. */
const LEAST_SHARED = 16 * 2 ** 20;

/**
 * The rows of columns in pieces of `pieceRows`, read by this thread and, where there is much to read, by others beside it:
 * each has columns of its own, and those of other threads read the next piece while this one is used. Where all rows are one
 * piece, threads take columns as they come to them.
 *
 * @param threads those beside this one, or how many there are with it, to be started.
 * @throws DATA_MALFORMED for damaged pages, ARGUMENT_INVALID for a column that is asked twice, UNAVAILABLE for threads that end or
 * have no memory to begin with.
 */
export async function* readColumns(
  who: string,
  columns: readonly PlannedColumn[],
  rows: number,
  pieceRows: number,
  threads: number | readonly ThreadHand[],
): AsyncGenerator<Frame> {
  // Checks names and kinds, once for all pieces.
  emptyFrame(columns.map(({ schema }) => schema));
  const sizes = columns.map(({ plan }) => plan.chunks.reduce((sum, { length }) => sum + length, 0));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const plans = columns.map(({ plan }) => plan);
  const known = typeof threads === "number" ? undefined : threads;
  const most = known === undefined ? (threads as number) : known.length + 1;
  const count = total < LEAST_SHARED ? 1 : Math.max(1, Math.min(most, columns.length));
  const [share, ...shares] = dealColumns(plans, sizes, count, rows <= pieceRows) as [
    ColumnShare,
    ...ColumnShare[],
  ];
  // Before any thread is there that would have to be ended.
  const pool = ownPool(who);
  const hands = known ?? shares.map(() => threadHand(who, ["read"]));
  const others = shares.map((one, at) => fillThread(who, hands[at]!, one));
  const cursors = share.plans.map((plan) => columnCursor(plan, pool));
  const makers = columns.map(({ schema }) => columnMaker(schema));
  const next = (left: number): void => {
    if (left > 0) for (const other of others) other.ask(Math.min(pieceRows, left));
  };
  try {
    next(rows);
    for (let left = rows; left > 0;) {
      const some = Math.min(pieceRows, left);
      const parts: ColumnPart[] = [];
      for (const at of turnsOf(share)) {
        parts[share.places[at]!] = cursors[at]!.take(some);
        // Others have their turn between columns.
        await setImmediate();
      }
      for (const other of others) for (const { place, part } of await other.parts()) parts[place] = part;
      left -= some;
      next(left);
      // Cursors make what a frame is, so that nobody goes through all codes once more.
      const made = parts.map((part, at) => makers[at]!(part));
      yield Object.freeze({ rows: some, columns: Object.freeze(made) });
    }
  } catch (error) {
    throw damagedPages(who, error);
  } finally {
    for (const cursor of cursors) cursor.close();
    for (const other of others) other.close();
    if (known === undefined) await Promise.all(hands.map((hand) => hand.end()));
  }
}

function ownPool(who: string): ScratchPool {
  try {
    return scratchPool();
  } catch (error) {
    throw noReader(who, error);
  }
}
