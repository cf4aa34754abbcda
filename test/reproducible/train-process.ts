/** A process that trains on the newest snapshot of the folder of its argument, and prints what it made. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import {
  latestSnapshot,
  modelTable,
  openLoopContext,
  ownFolder,
  snapshotWindows,
  trainRun,
} from "@tideline/pipeline";

const [folder, seed] = [process.argv[2]!, Number(process.argv[3])];
const appModule = join(import.meta.dirname, "../../packages/pipeline/src/dataset/testing/pose-app.ts");
const owner = await ownFolder(folder, { command: "train" });
const hits: boolean[] = [];
const context = await openLoopContext(
  { folder, epoch: owner.epoch, appModule, seed },
  { clock: Date.now, onStep: ({ hit }) => void hits.push(hit) },
);
const snapshot = (await latestSnapshot(context.catalog, folder))!;
const windows = await snapshotWindows(context, snapshot);
const { run, set, graph } = await trainRun(
  context,
  { reason: "rerun", snapshot, windows, recentSince: null, champion: null },
  null,
);
console.log(
  JSON.stringify({
    snapshot: snapshot.id,
    set: set.key,
    artifact: run.artifact,
    table: createHash("sha256").update(modelTable(graph)).digest("hex"),
    steps: hits.length,
    hits: hits.filter(Boolean).length,
  }),
);
await context.close();
owner.release();
