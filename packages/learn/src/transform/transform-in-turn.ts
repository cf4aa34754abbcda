import type { Frame, FrameSchema } from "../frame/column.ts";
import { columnNamed, withColumns } from "../frame/frame.ts";
import { giveRoom, ROOM, takeRoom } from "./kernel/lane-kernel.ts";
import { applyPending, pendingColumn, pendingColumns, untouched } from "./pointwise.ts";
import type { FittedTransform } from "./transform.ts";

/**
 * Rows transformed by one step after the other, to the bit. Steps on single numbers that follow one another make one pass over
 * each column and one array, not one for each step.
 *
 * @throws ARGUMENT_INVALID for columns that a step was not fitted on.
 */
export function transformInTurn(steps: readonly FittedTransform[], given: Frame): Frame {
  let rows = given;
  for (let at = 0; at < steps.length;) {
    let end = at;
    while (end < steps.length && steps[end]!.pointwise !== undefined) end++;
    rows = end > at ? together(steps.slice(at, end), rows) : steps[at]!.transform(rows);
    at = Math.max(end, at + 1);
  }
  return rows;
}

function together(steps: readonly FittedTransform[], rows: Frame): Frame {
  const pending = pendingColumns(steps, rows);
  return pending === undefined
    ? steps.reduce((now, step) => step.transform(now), rows)
    : withColumns(rows, Array.from(pending.values(), pendingColumn));
}

/**
 * The columns of `inputs` as pointwise steps would make them, piece by piece, in arrays that the next piece writes over.
 * Undefined where the steps or the columns do not allow it.
 */
export function piecesInTurn(
  steps: readonly FittedTransform[],
  rows: Frame,
  inputs: FrameSchema,
): Iterable<Frame> | undefined {
  if (inputs.some(({ kind }) => kind !== "float")) return undefined;
  const pending = pendingColumns(steps, rows);
  if (pending === undefined) return undefined;
  // A column that no step before writes is one that none is yet to be applied to.
  const needed = inputs.map(({ name }) => pending.get(name) ?? untouched(columnNamed(rows, name), "float")!);
  return pieces();

  function* pieces(): Generator<Frame> {
    // Taken once somebody asks for a piece: what is never asked for is never given back either.
    const sources = needed.map((column) => ({ column, made: takeRoom() }));
    try {
      // A multiple of what statistics sum at a time.
      for (let from = 0; from < rows.rows; from += ROOM) {
        const to = Math.min(rows.rows, from + ROOM);
        const columns = sources.map(({ column, made }) => {
          const { name, unit: own, steps } = column;
          const unit = own === undefined ? {} : { unit: own };
          if (steps.length > 0) applyPending(column, from, to, made);
          const values = steps.length > 0 ? made.subarray(0, to - from) : column.values.subarray(from, to);
          return { kind: "float" as const, name, values, ...unit };
        });
        yield Object.freeze({ rows: to - from, columns: Object.freeze(columns) });
      }
    } finally {
      for (const { made } of sources) giveRoom(made);
    }
  }
}
