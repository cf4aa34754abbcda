import { createHash } from "node:crypto";
import { access } from "node:fs/promises";
import { join } from "node:path";
import { float32Values, type LoadedGraph } from "@tideline/graph";
import type { ModelDefinition, WindowDefinition } from "@tideline/spec";
import { cachedStep, type StepContext } from "../cached-step.ts";
import { BUCKETS, literal, type Engine, type Snapshot } from "../lake/index.ts";
import { framedWindows, type FramedWindow } from "./framed-windows.ts";
import { WINDOW_COLUMNS, writeWindowFile, type WindowRows } from "./window-file.ts";

/** The graph that makes features of windows, loaded. */
export interface FeatureGraph {
  readonly bytes: Uint8Array;
  /** Names of the features, in order. */
  readonly names: readonly string[];
  readonly loaded: LoadedGraph;
  /** Name and version of the runtime: other arithmetic is another step. */
  readonly runtime: string;
}

/** A file of windows with their features: one for each bucket of people. */
export interface WindowFile {
  /** Relative to the folder. */
  readonly path: string;
  readonly rows: number;
  /** Runs of samples that never came. */
  readonly gaps: number;
}

/** What framing needs. */
export interface FramingContext extends StepContext {
  readonly engine: Engine;
  /** The folder that holds the lake and the outputs of steps. */
  readonly folder: string;
}

/** Windows that go through a graph at once: about 1 MB of samples. */
export const WINDOW_BATCH = 256;

/** Runs a graph over windows, a batch at a time: one output `[windows, width]` for each batch. */
export async function* runOverWindows<Window extends { readonly values: Float32Array }>(
  graph: LoadedGraph,
  output: string,
  window: WindowDefinition,
  windows: AsyncIterable<Window> | Iterable<Window>,
): AsyncGenerator<{ readonly windows: readonly Window[]; readonly values: Float32Array }> {
  const length = window.size * window.channels.length;
  let batch: Window[] = [];
  const run = async () => {
    const values = new Float32Array(batch.length * length);
    for (const [index, item] of batch.entries()) values.set(item.values, index * length);
    const dims = [batch.length, window.size, window.channels.length];
    const outputs = await graph.run({ window: { dims, values } }, [output]);
    const done = { windows: batch, values: float32Values(outputs, output) };
    batch = [];
    return done;
  };
  for await (const item of windows) {
    batch.push(item);
    if (batch.length === WINDOW_BATCH) yield await run();
  }
  if (batch.length > 0) yield await run();
}

/** Features of all windows of a bucket; those that are not finite are left out and counted. */
async function featuresOfBucket(
  graph: FeatureGraph,
  window: WindowDefinition,
  windows: AsyncIterable<FramedWindow>,
): Promise<{ readonly rows: WindowRows; readonly notFinite: number }> {
  // Not the windows themselves: their samples are many times what is made of them.
  const kept: Omit<FramedWindow, "values">[] = [];
  const features: Float32Array[] = [];
  const width = graph.names.length;
  let notFinite = 0;
  for await (const batch of runOverWindows(graph.loaded, "features", window, windows)) {
    for (const [index, { subject, session, start, time }] of batch.windows.entries()) {
      const values = batch.values.slice(index * width, (index + 1) * width);
      if (values.every(Number.isFinite)) {
        kept.push({ subject, session, start, time });
        features.push(values);
      } else notFinite += 1;
    }
  }
  const rows = {
    subject: kept.map(({ subject }) => subject),
    session: kept.map(({ session }) => session),
    start: Float64Array.from(kept, ({ start }) => start),
    time: Float64Array.from(kept, ({ time }) => time),
    features,
  };
  return { rows, notFinite };
}

/** Whether a step's file is still there. */
const fileStands = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/**
 * Frames every session of a snapshot and runs the feature graph over the windows: one Parquet file for each bucket
 * of people, with `subject, session, start, time, features FLOAT[]`, ordered by subject, session and start. `time`
 * is the end of the window on the corrected clock. A bucket whose files have not changed is not computed again.
 */
export async function windowFeatures(
  context: FramingContext,
  snapshot: Snapshot,
  model: ModelDefinition,
  graph: FeatureGraph,
): Promise<readonly WindowFile[]> {
  const { window } = model;
  const sources = snapshot.manifest.tables[window.event]?.files ?? [];
  const graphHash = createHash("sha256").update(graph.bytes).digest("hex");
  const files: WindowFile[] = [];
  for (let bucket = 0; bucket < BUCKETS; bucket += 1) {
    const inputs = sources.filter((file) => file.bucket === bucket).map((file) => file.sha256);
    if (inputs.length === 0) continue;
    const input = { files: inputs, window, graph: graphHash, runtime: graph.runtime };
    const { output } = await cachedStep<WindowFile>(
      context,
      { name: "window-features", version: 1, input },
      (found) => fileStands(join(context.folder, found.path)),
      async (key) => {
        const tally = { frames: 0, gaps: 0 };
        const windows = framedWindows(context.engine, snapshot, window, bucket, tally);
        const { rows, notFinite } = await featuresOfBucket(graph, window, windows);
        const path = join("step", `${key}.parquet`);
        await writeWindowFile(context.engine, join(context.folder, path), rows);
        const count = rows.subject.length;
        return {
          output: { path, rows: count, gaps: tally.gaps },
          log: {
            rowsIn: tally.frames,
            rowsOut: count,
            reasons: { feature_not_finite: notFinite, gap: tally.gaps },
          },
        };
      },
    );
    files.push(output);
  }
  return files;
}

/** SQL of the windows of some files, usable after FROM. */
export function windowRelation(folder: string, files: readonly WindowFile[]): string {
  const typed = WINDOW_COLUMNS.map(({ name, type }) => `cast(null as ${type}) as ${name}`).join(", ");
  const paths = files.filter((file) => file.rows > 0).map((file) => literal(join(folder, file.path)));
  if (paths.length === 0) return `(SELECT ${typed} WHERE false)`;
  return `read_parquet([${paths.join(", ")}])`;
}
