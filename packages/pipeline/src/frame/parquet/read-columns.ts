import { setImmediate } from "node:timers/promises";
import { emptyFrame, type Frame } from "@tideline/learn/frame";
import { threadHand, type ThreadHand } from "../thread-hand.ts";
import { columnCursor } from "./column-cursor.ts";
import { columnMaker } from "./column-maker.ts";
import { damagedPages } from "./damaged-pages.ts";
import type { ColumnPart } from "./column-part.ts";
import { dealColumns, turnsOf, type ColumnShare } from "./column-share.ts";
import { fillThread, type FillThread } from "./fill-thread.ts";
import { noReader } from "./no-reader.ts";
import { scratchPool, type ScratchPool } from "./page-scratch.ts";
import type { PlannedColumn } from "./parquet-plan.ts";

/** Packed bytes of columns below which a second thread takes longer to start than it saves. */
const LEAST_SHARED = 16 * 2 ** 20;

/** Packed bytes that this thread reads alone while others start, some 50 ms, but a quarter of all at most. */
const WHILE_OTHERS_START = 24 * 2 ** 20;

/**
 * The rows of columns in pieces of `pieceRows` at most, read by this thread and, where there is much to read, by others beside it:
 * each has columns of its own, and those of other threads read the next piece while this one is used. Threads that have to start
 * begin behind the first groups of rows, which this thread reads meanwhile. Where all rows are one piece, threads take columns as
 * they come to them.
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
  const known = typeof threads === "number" ? undefined : threads;
  const most = known === undefined ? (threads as number) : known.length + 1;
  const total = bytesOf(columns);
  const count = total < LEAST_SHARED ? 1 : Math.max(1, Math.min(most, columns.length));
  const atOnce = rows <= pieceRows;
  const starting = known === undefined && count > 1 && !atOnce;
  const [head, tail] = splitGroups(columns, starting ? Math.min(WHILE_OTHERS_START, total / 4) : 0);
  const deal = (some: readonly PlannedColumn[], among: number) => {
    const sizes = some.map((column) => bytesOf([column]));
    const plans = some.map(({ plan }) => plan);
    return dealColumns(plans, sizes, among, atOnce) as [ColumnShare, ...ColumnShare[]];
  };
  const [alone] = deal(head, 1);
  const [share, ...shares] = deal(tail, count);
  const first = head[0]?.plan.chunks.reduce((sum, chunk) => sum + chunk.rows, 0) ?? 0;
  // Before any thread is there that would have to be ended.
  const pool = ownPool(who);
  const hands = known ?? shares.map(() => threadHand(who, ["read"]));
  const others = shares.map((one, at) => fillThread(who, hands[at]!, one));
  const next = (left: number): void => {
    if (left > 0) for (const other of others) other.ask(Math.min(pieceRows, left));
  };
  try {
    next(rows - first);
    yield* piecesOf(head, alone, first, pieceRows, pool, [], () => {});
    yield* piecesOf(tail, share, rows - first, pieceRows, pool, others, next);
  } catch (error) {
    throw damagedPages(who, error);
  } finally {
    for (const other of others) other.close();
    if (known === undefined) await Promise.all(hands.map((hand) => hand.end()));
  }
}

/** Pieces of columns: those of a share, and those of other threads, which are asked for what follows once they have come. */
async function* piecesOf(
  columns: readonly PlannedColumn[],
  share: ColumnShare,
  rows: number,
  pieceRows: number,
  pool: ScratchPool,
  others: readonly FillThread[],
  next: (left: number) => void,
): AsyncGenerator<Frame> {
  const cursors = share.plans.map((plan) => columnCursor(plan, pool));
  const makers = columns.map(({ schema }) => columnMaker(schema));
  try {
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
  } finally {
    for (const cursor of cursors) cursor.close();
  }
}

function bytesOf(columns: readonly PlannedColumn[]): number {
  return columns.flatMap(({ plan }) => plan.chunks).reduce((sum, { length }) => sum + length, 0);
}

/** The first groups of rows, of `bytes` at most, and those that follow. */
function splitGroups(columns: readonly PlannedColumn[], bytes: number): [PlannedColumn[], PlannedColumn[]] {
  const groups = columns[0]?.plan.chunks.length ?? 0;
  let [count, size] = [0, 0];
  for (; count < groups; count++) {
    size += columns.reduce((sum, { plan }) => sum + plan.chunks[count]!.length, 0);
    if (size > bytes) break;
  }
  const cut = (from: number, to: number) =>
    columns.map(({ schema, plan }) => ({ schema, plan: { ...plan, chunks: plan.chunks.slice(from, to) } }));
  return [cut(0, count), cut(count, groups)];
}

function ownPool(who: string): ScratchPool {
  try {
    return scratchPool();
  } catch (error) {
    throw noReader(who, error);
  }
}
