import { parentPort, workerData } from "node:worker_threads";
import { columnCursor } from "./column-cursor.ts";
import { buffersOf, type PlacedPart } from "./column-part.ts";
import { turnsOf, type ColumnShare } from "./column-share.ts";
import { scratchPool } from "./page-scratch.ts";

/**
 * A thread that takes rows of its columns: told how many, it answers with their parts or with what is wrong. It imports
 * nothing of other packages, which would take longer to load than it has to read.
 */
const share = workerData as ColumnShare;
const pool = scratchPool();
const cursors = share.plans.map((plan) => columnCursor(plan, pool));
parentPort!.on("message", (rows: number) => {
  try {
    const parts: PlacedPart[] = [];
    for (const at of turnsOf(share)) parts.push({ place: share.places[at]!, part: cursors[at]!.take(rows) });
    parentPort!.postMessage(
      { parts },
      parts.flatMap(({ part }) => buffersOf(part)),
    );
  } catch (error) {
    parentPort!.postMessage({ fault: error instanceof Error ? error.message : String(error) });
  }
});
