import { float32Values, type GraphRuntime, type LoadOptions } from "@tideline/graph";
import { ACTIVITIES, WINDOW } from "./motion.ts";
import type { MotionData } from "./motion-data.ts";

/** How a model does on windows whose activity is known. */
export interface Judgement {
  readonly accuracy: number;
  /** Share of the windows of each activity that it knew. */
  readonly known: readonly number[];
  /** [windows, activities] */
  readonly probabilities: Float32Array;
}

/** Asks a model file what it makes of windows. */
export async function judge(
  runtime: GraphRuntime,
  load: LoadOptions,
  bytes: Uint8Array,
  { rows, inputs, target }: MotionData,
): Promise<Judgement> {
  const loaded = await runtime.load(bytes, load);
  try {
    const values = inputs["window"]!.values as Float32Array;
    const window = { dims: [rows, WINDOW.samples, WINDOW.channels], values };
    const probabilities = float32Values(await loaded.run({ window }, ["probabilities"]), "probabilities");
    const right = ACTIVITIES.map(() => 0);
    const all = ACTIVITIES.map(() => 0);
    for (let row = 0; row < rows; row += 1) {
      const own = probabilities.subarray(row * ACTIVITIES.length, (row + 1) * ACTIVITIES.length);
      const activity = Number(target.values[row]);
      all[activity]! += 1;
      if (own.indexOf(Math.max(...own)) === activity) right[activity]! += 1;
    }
    const sum = right.reduce((one, other) => one + other, 0);
    return {
      accuracy: sum / rows,
      known: right.map((count, activity) => count / all[activity]!),
      probabilities,
    };
  } finally {
    await loaded.release();
  }
}
