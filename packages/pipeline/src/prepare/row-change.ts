import {
  columnNamed,
  concatFrames,
  emptyFrame,
  filterRows,
  sliceRows,
  takeRows,
  withColumns,
  type Frame,
  type FrameSource,
} from "@tideline/learn/frame";
import type { FittedTransform } from "@tideline/learn/transform";
import { tidelineError } from "@tideline/spec";
import { maskRows } from "./keep-mask.ts";
import { besideOthers, type RowChange } from "./part.ts";
import { joined } from "./preparing.ts";
import { readStepFile, type StepFile } from "./step-file.ts";

/** The column that says which row of the source a row is, from 0: beside all steps, and last in what is written. */
export const SOURCE_ROW = "source_row";

/** Numbers the rows of a source. @throws ARGUMENT_INVALID for a source that has a column of that name. */
export const numbered: RowChange = Object.freeze({
  id: joined("numbered"),
  begin: () => {
    let next = 0;
    return Promise.resolve((rows: Frame) => {
      if (rows.columns.some(({ name }) => name === SOURCE_ROW))
        throw tidelineError("ARGUMENT_INVALID", {
          who: "prepare",
          field: `column "${SOURCE_ROW}"`,
          expected: "no column of that name: a preparation numbers its rows",
          received: "one",
          remedy: "Rename it where the table is made.",
        });
      const values = new BigInt64Array(rows.rows);
      for (let row = 0; row < values.length; row++) values[row] = BigInt(next++);
      return withColumns(rows, [{ kind: "integer", name: SOURCE_ROW, values }]);
    });
  },
});

/** The place of each row in the source. */
export function placesIn(rows: Frame): Float64Array {
  const column = columnNamed(rows, SOURCE_ROW, "prepare");
  return Float64Array.from(column.kind === "integer" ? (column.values as BigInt64Array) : [], Number);
}

/** Leaves the rows that a mask keeps. */
export function masked(root: string, file: StepFile): RowChange {
  return Object.freeze({
    id: joined("mask", file.sha256),
    async begin() {
      const bits = await readStepFile(root, file);
      let next = 0;
      return (rows: Frame) => {
        const keep = maskRows(bits, next, rows.rows);
        next += rows.rows;
        return filterRows(rows, keep);
      };
    },
  });
}

/** Applies a fitted transform to the columns that steps see. */
export function transformed(state: StepFile, code: string, transform: FittedTransform): RowChange {
  return Object.freeze({
    id: joined("transform", code, state.sha256),
    // Passes apply several at once by `transform`.
    begin: () => Promise.reject(new Error("a pass applies transforms itself")),
    transform,
  });
}

/** Applies to each row the transform that was fitted without its fold. */
export function crossed(
  states: readonly StepFile[],
  code: string,
  beside: readonly string[],
  transforms: readonly FittedTransform[],
  folding: () => (rows: Frame) => Int32Array,
): RowChange {
  return Object.freeze({
    id: joined("crossed", code, ...states.map(({ sha256 }) => sha256)),
    begin() {
      const foldOf = folding();
      const changes = transforms.map(({ transform }) => besideOthers(beside, transform));
      return Promise.resolve((rows: Frame) => {
        // Without rows: the columns alone.
        if (rows.rows === 0) return changes[0]!(rows);
        const folds = foldOf(rows);
        const order: number[] = [];
        const pieces = changes.flatMap((change, fold) => {
          const own = [...folds.keys()].filter((row) => folds[row] === fold);
          if (own.length === 0) return [];
          order.push(...own);
          return [change(takeRows(rows, Int32Array.from(own)))];
        });
        const places = new Int32Array(rows.rows);
        for (const [at, row] of order.entries()) places[row] = at;
        return takeRows(concatFrames(pieces), places);
      });
    },
  });
}

/** Adds columns of a source that has a row for each row, in order. */
export function joinedWith(id: string, source: FrameSource): RowChange {
  return Object.freeze({
    id: joined("columns", id),
    begin() {
      const pieces = source.read()[Symbol.asyncIterator]();
      let held: Frame | undefined;
      return Promise.resolve(async (rows: Frame) => {
        const taken: Frame[] = [];
        let missing = rows.rows;
        while (missing > 0) {
          held ??= ((await pieces.next()) as IteratorResult<Frame, undefined>).value;
          if (held === undefined) throw new Error("fewer rows of columns than of the table");
          const some = Math.min(missing, held.rows);
          taken.push(sliceRows(held, 0, some));
          held = some === held.rows ? undefined : sliceRows(held, some, held.rows);
          missing -= some;
        }
        const own = taken.length === 0 ? emptyFrame(source.schema) : concatFrames(taken);
        return withColumns(rows, own.columns);
      });
    },
  });
}
