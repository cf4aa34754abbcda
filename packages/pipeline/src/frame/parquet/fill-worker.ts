import { parentPort, workerData } from "node:worker_threads";
import { columnCursor } from "./column-cursor.ts";
import { buffersOf, type ColumnPlan } from "./column-part.ts";
import { scratchPool } from "./page-scratch.ts";

/**
 * A thread that takes rows of its columns: told how many, it answers with their parts or with what is wrong. It imports
 * nothing of other packages, which would take longer to load than it has to read.
 */
const pool = scratchPool();
const cursors = (workerData as readonly ColumnPlan[]).map((plan) => columnCursor(plan, pool));
parentPort!.on("message", (rows: number) => {
  try {
    const parts = cursors.map((cursor) => cursor.take(rows));
    parentPort!.postMessage({ parts }, parts.flatMap(buffersOf));
  } catch (error) {
    parentPort!.postMessage({ fault: error instanceof Error ? error.message : String(error) });
  }
});
