import { commit, listReleases, updateRun, type ReleaseRow, type RunRow } from "../catalog/index.ts";
import type { TrainOptions } from "../train/index.ts";
import type { LoopContext } from "./loop-context.ts";
import { offer, type InTurn } from "./offer.ts";
import { runFlow } from "./run-flow.ts";
import { trainRun, type TrainRequest } from "./train-run.ts";

/** How a request ended. */
export type TrainOutcome =
  | { readonly kind: "released"; readonly run: RunRow; readonly release: ReleaseRow }
  | { readonly kind: "rejected"; readonly run: RunRow; readonly reason: string };

/**
 * Trains a model on a snapshot and offers it to phones if it may be offered. A durable flow: the fit is cached by
 * its content and the release is recorded as a step, so that the same request, killed anywhere and run again, trains
 * once and releases once.
 *
 * @param inTurn as `offer` takes it
 */
export async function trainAndRelease(
  context: LoopContext,
  request: TrainRequest,
  onProgress?: TrainOptions["onProgress"],
  inTurn?: InTurn,
): Promise<TrainOutcome> {
  const { model, catalog, seed, definition, channel } = context;
  const { snapshot, recentSince, champion } = request;
  const input = {
    model: model.name,
    snapshot: snapshot.id,
    definition,
    seed,
    recentSince,
    champion: champion?.version ?? null,
  };
  return runFlow(context, { name: "train-and-release", input }, async (step, id) => {
    const trained = await trainRun(context, request, id, onProgress);
    const { run, fault } = trained;
    if (fault !== null) return { kind: "rejected" as const, run, reason: fault };
    const release = await step("release", run.artifact, async () => {
      // A kill between the commit of a release and that of its step must not release it twice.
      const stands = (await listReleases(catalog, channel)).find((row) => row.run === run.id);
      if (stands !== undefined) return stands;
      try {
        return await offer(context, trained, snapshot, inTurn);
      } catch (cause) {
        await commit(catalog, (writer) => updateRun(writer, run.id, { status: "failed" }));
        throw cause;
      }
    });
    return { kind: "released" as const, run, release };
  });
}
