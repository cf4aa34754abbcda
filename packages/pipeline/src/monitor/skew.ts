import type { LoadedGraph } from "@tideline/graph";
import type { ModelDefinition, SkewReport } from "@tideline/spec";
import { predictionSql, type Relation } from "../dataset/index.ts";
import { WINDOW_BATCH, framedWindows, runOverWindows, windowKey } from "../feature/index.ts";
import { BUCKETS, lists, numbers, texts, type Engine, type Snapshot } from "../lake/index.ts";

/** Phones' probabilities against a recomputation from the lake: of all phones, and of some. */
export interface Skew extends SkewReport {
  readonly some: SkewReport;
}

/** A window of the lake, and the row of what a phone answered for it. */
interface Answered {
  readonly values: Float32Array;
  readonly row: number;
}

/** Probabilities that phones reported, by window. */
async function readReported(engine: Engine, model: ModelDefinition, relation: Relation) {
  const columns =
    await engine.columns(`SELECT subject, session, start::DOUBLE AS start, release, probabilities, install_id
FROM (${predictionSql(model, relation)}) WHERE source = 'device' AND len(probabilities) > 0`);
  const [session, start] = [texts(columns, "session"), numbers(columns, "start")];
  const rowOf = new Map(
    texts(columns, "subject").map((person, row) => [windowKey(person!, session[row]!, start[row]!), row]),
  );
  return {
    rowOf,
    release: texts(columns, "release"),
    install: texts(columns, "install_id"),
    values: lists(columns, "probabilities").values,
  };
}

/** Largest difference of two runs of numbers; NaN where either has one, which `Math.max` keeps. */
function largestDifference(left: Float32Array, right: Float32Array): number {
  return left.reduce((largest, value, index) => Math.max(largest, Math.abs(value - right[index]!)), 0);
}

/**
 * Runs released graphs over the windows of the lake and compares with what phones reported: training, lake and
 * phone share one framer and one graph, and this measures that they do. `graphs` by release id; `some` names installs
 * that are measured apart as well.
 */
export async function measureSkew(
  engine: Engine,
  snapshot: Snapshot,
  model: ModelDefinition,
  relation: Relation,
  graphs: ReadonlyMap<string, LoadedGraph>,
  some: ReadonlySet<string> = new Set(),
): Promise<Skew> {
  const width = model.labels.length;
  const reported = await readReported(engine, model, relation);
  const all = { compared: 0, maxDifference: 0 };
  const apart = { compared: 0, maxDifference: 0 };
  const compare = async (release: string, windows: readonly Answered[]): Promise<void> => {
    const graph = graphs.get(release)!;
    for await (const batch of runOverWindows(graph, "probabilities", model.window, windows)) {
      for (const [index, { row }] of batch.windows.entries()) {
        const again = batch.values.subarray(index * width, (index + 1) * width);
        const difference = largestDifference(again, reported.values.subarray(row * width, (row + 1) * width));
        for (const of of some.has(reported.install[row] ?? "") ? [all, apart] : [all]) {
          of.compared += 1;
          of.maxDifference = Math.max(of.maxDifference, difference);
        }
      }
    }
  };
  for (let bucket = 0; bucket < BUCKETS; bucket += 1) {
    // No more windows than a batch for each release, however many people a bucket holds.
    const waiting = new Map([...graphs.keys()].map((release) => [release, [] as Answered[]]));
    for await (const { subject, session, start, values } of framedWindows(
      engine,
      snapshot,
      model.window,
      bucket,
    )) {
      const row = reported.rowOf.get(windowKey(subject, session, start));
      const release = row === undefined ? undefined : (reported.release[row] ?? undefined);
      const windows = release === undefined ? undefined : waiting.get(release);
      if (row === undefined || release === undefined || windows === undefined) continue;
      windows.push({ values, row });
      if (windows.length === WINDOW_BATCH) await compare(release, windows.splice(0));
    }
    for (const [release, windows] of waiting) await compare(release, windows);
  }
  return { ...all, some: apart };
}
