import { parentPort } from "node:worker_threads";
import {
  COLUMN_DEFS,
  workColumns,
  type ColumnJob,
  type ColumnMade,
} from "@tideline/learn/transform/column-job";

/** Memory of columns that is given away with them; what is shared stays where it is. */
function memoryOf(made: readonly ColumnMade[]): readonly ArrayBuffer[] {
  const buffers = made.flatMap(({ columns }) =>
    columns.map((column) => (column.kind === "string" ? column.codes : column.values).buffer),
  );
  return [...new Set(buffers.filter((buffer) => buffer instanceof ArrayBuffer))];
}

parentPort!.on("message", (job: ColumnJob) => {
  let made: readonly ColumnMade[] | undefined;
  try {
    made = workColumns(job, COLUMN_DEFS);
  } catch {
    // Whoever fits the column again is told why.
  }
  parentPort!.postMessage(made, made === undefined ? [] : memoryOf(made));
});
