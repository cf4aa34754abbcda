import { join } from "node:path";
import type { Clock } from "@tideline/spec";
import type { OnFinished } from "../../catalog/testing/temporary-folder.ts";
import type { Snapshot } from "../../lake/index.ts";
import type { ReleaseRow } from "../../catalog/index.ts";
import { openPoseLake } from "../../dataset/testing/open-pose-lake.ts";
import { snapshotWindows } from "../loop.ts";
import { openLoopContext } from "../loop-context.ts";
import type { TrainRequest } from "../train-run.ts";

/** The module of the pose app, for a loop to load. */
export const POSE_APP = join(import.meta.dirname, "../../dataset/testing/pose-app.ts");

/** A lake of the pose app with the loop's context over the same folder. */
export async function openPoseLoop(onFinished: OnFinished, options: { folder?: string; clock?: Clock } = {}) {
  const lake = await openPoseLake(onFinished, options.folder);
  let now = 1_700_000_100_000;
  const context = await openLoopContext(
    { folder: lake.folder, epoch: lake.owner.epoch, appModule: POSE_APP, seed: 1 },
    { clock: options.clock ?? (() => (now += 1)) },
  );
  onFinished(() => context.close());
  return {
    ...lake,
    context,
    /** What is asked for at a snapshot. */
    request: async (
      snapshot: Snapshot,
      rest: { reason?: TrainRequest["reason"]; recentSince?: number; champion?: ReleaseRow } = {},
    ): Promise<TrainRequest> => ({
      reason: rest.reason ?? "first",
      snapshot,
      windows: await snapshotWindows(context, snapshot),
      recentSince: rest.recentSince ?? null,
      champion: rest.champion ?? null,
    }),
  };
}
