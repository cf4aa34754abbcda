import { seededRandom } from "@tideline/learn";
import { concatFrames, emptyFrame, takeRows, type Frame, type FrameSource } from "@tideline/learn/frame";

interface Kept {
  readonly rows: Frame;
  /** A random number of each row, by which it stays or goes. */
  readonly keys: Float64Array;
}

/**
 * So many rows of a source, each set of them as likely as any other, in their order; all of them where there are no more. The
 * same seed takes the same rows. At most three times as many are held at once, beside a piece of the source.
 */
export async function sampleRows(from: FrameSource, most: number, seed: number): Promise<Frame> {
  const random = seededRandom(seed);
  let kept: readonly Kept[] = [];
  let held = 0;
  let bound = Infinity;
  const shrink = (): void => {
    const keys = Float64Array.from(kept.flatMap((one) => [...one.keys])).toSorted();
    bound = keys[most - 1]!;
    kept = kept.flatMap((one) => taken(one, bound));
    held = most;
  };
  for await (const rows of from.read()) {
    const keys = Float64Array.from({ length: rows.rows }, () => random.uniform());
    const fresh = taken({ rows, keys }, bound);
    kept = [...kept, ...fresh];
    held += fresh.reduce((sum, one) => sum + one.keys.length, 0);
    if (held > 2 * most) shrink();
  }
  if (held > most) shrink();
  return kept.length === 0 ? emptyFrame(from.schema) : concatFrames(kept.map(({ rows }) => rows));
}

/** The rows whose key is no larger than the bound. */
function taken({ rows, keys }: Kept, bound: number): readonly Kept[] {
  const places = Int32Array.from(keys.keys()).filter((at) => keys[at]! <= bound);
  if (places.length === 0) return [];
  if (places.length === keys.length) return [{ rows, keys }];
  return [{ rows: takeRows(rows, places), keys: keys.filter((key) => key <= bound) }];
}
