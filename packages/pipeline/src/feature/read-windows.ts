import { tidelineError, type WindowDefinition } from "@tideline/spec";
import { BUCKETS, subjectBucket, type Engine, type Snapshot } from "../lake/index.ts";
import { framedWindows, windowKey } from "./framed-windows.ts";
import type { TrainingSet } from "./training-set.ts";

/**
 * The raw windows `[rows, size, channels]` of some rows of a training set, read again from the lake: held-out windows
 * for the parity of runtimes. They never leave the pipeline.
 *
 * @throws `CHECK_FAILED` where the snapshot lacks one of them.
 */
export async function readWindows(
  engine: Engine,
  snapshot: Snapshot,
  window: WindowDefinition,
  set: TrainingSet,
  rows: Int32Array,
): Promise<Float32Array> {
  const length = window.size * window.channels.length;
  const values = new Float32Array(rows.length * length);
  const position = new Map<string, number>();
  const buckets = new Set<number>();
  for (const [index, row] of rows.entries()) {
    position.set(windowKey(set.subjects[row]!, set.sessions[row]!, set.start[row]!), index);
    buckets.add(subjectBucket(set.subjects[row]!));
  }
  for (let bucket = 0; bucket < BUCKETS; bucket += 1) {
    if (!buckets.has(bucket)) continue;
    for await (const found of framedWindows(engine, snapshot, window, bucket)) {
      const key = windowKey(found.subject, found.session, found.start);
      const index = position.get(key);
      if (index === undefined) continue;
      values.set(found.values, index * length);
      position.delete(key);
    }
  }
  if (position.size > 0) {
    throw tidelineError("CHECK_FAILED", {
      who: `windows of snapshot ${snapshot.id}`,
      expected: `the ${rows.length} of the training set`,
      received: `${position.size} that are not there`,
    });
  }
  return values;
}
