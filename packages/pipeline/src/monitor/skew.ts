import type { LoadedGraph } from "@tideline/graph";
import type { ModelDefinition, SkewReport } from "@tideline/spec";
import { predictionSql, type Relation } from "../dataset/index.ts";
import { framedWindows, runOverWindows, windowKey, type FramedWindow } from "../feature/index.ts";
import { BUCKETS, lists, numbers, texts, type Engine, type Snapshot } from "../lake/index.ts";

/** Phones' probabilities against a recomputation from the lake: of all phones, and of some. */
export interface Skew extends SkewReport {
  readonly some: SkewReport;
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
  for (let bucket = 0; bucket < BUCKETS; bucket += 1) {
    const byRelease = new Map<string, (FramedWindow & { readonly row: number })[]>();
    for await (const found of framedWindows(engine, snapshot, model.window, bucket)) {
      const row = reported.rowOf.get(windowKey(found.subject, found.session, found.start));
      const release = row === undefined ? undefined : reported.release[row];
      if (row === undefined || release == null || !graphs.has(release)) continue;
      const list = byRelease.get(release);
      if (list === undefined) byRelease.set(release, [{ ...found, row }]);
      else list.push({ ...found, row });
    }
    for (const [release, windows] of byRelease) {
      for await (const batch of runOverWindows(
        graphs.get(release)!,
        "probabilities",
        model.window,
        windows,
      )) {
        for (const [index, { row }] of batch.windows.entries()) {
          const again = batch.values.subarray(index * width, (index + 1) * width);
          const difference = largestDifference(
            again,
            reported.values.subarray(row * width, (row + 1) * width),
          );
          for (const of of some.has(reported.install[row] ?? "") ? [all, apart] : [all]) {
            of.compared += 1;
            of.maxDifference = Math.max(of.maxDifference, difference);
          }
        }
      }
    }
  }
  return { ...all, some: apart };
}
