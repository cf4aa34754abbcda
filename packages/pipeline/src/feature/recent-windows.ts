import type { ModelDefinition } from "@tideline/spec";
import { subjectBucket, type Engine, type Snapshot } from "../lake/index.ts";
import { createStage, stageName } from "../lake/stage.ts";
import { framedWindows } from "./framed-windows.ts";
import { runOverWindows, type FeatureGraph } from "./window-features.ts";
import { WINDOW_COLUMNS } from "./window-file.ts";

/** A session of a person. */
export interface SessionKey {
  readonly subject: string;
  readonly session: string;
}

/**
 * Features of the windows of a few sessions, as a relation like that of `windowRelation`, in memory until it is
 * asked for again: what a monitor looks at every second, without computing the whole lake.
 */
export async function recentWindows(
  engine: Engine,
  snapshot: Snapshot,
  model: ModelDefinition,
  graph: FeatureGraph,
  sessions: readonly SessionKey[],
): Promise<string> {
  const table = stageName("recent_window");
  await engine.run(`DROP TABLE IF EXISTS ${table}`);
  const stage = await createStage(engine.connection, "recent_window", WINDOW_COLUMNS);
  const byBucket = Map.groupBy(sessions, ({ subject }) => subjectBucket(subject));
  const width = graph.names.length;
  for (const [bucket, keys] of byBucket) {
    const wanted = [...new Set(keys.map(({ session }) => session))];
    const windows = framedWindows(engine, snapshot, model.window, bucket, undefined, wanted);
    for await (const batch of runOverWindows(graph.loaded, "features", model.window, windows)) {
      for (const [index, { subject, session, start, time }] of batch.windows.entries()) {
        const features = batch.values.slice(index * width, (index + 1) * width);
        stage.append(0, [subject, session, start, Math.round(time), features]);
      }
    }
  }
  stage.finish();
  return table;
}
