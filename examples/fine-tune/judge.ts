import { float32Values, type GraphRuntime, type LoadOptions } from "@tideline/graph";
import { tidelineError } from "@tideline/spec";
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

/** How far probabilities may be from the CPU's. Half precision would do; kernels that are wrong are off by tenths. */
const MOST_OFF = 1e-2;

/**
 * Compares the answers of one provider with those of the CPU, before anything is built on them.
 *
 * @throws RUNTIME_UNSUPPORTED when they differ by more than rounding.
 */
export function checkAnswers({ probabilities }: Judgement, cpu: Judgement, provider: string): void {
  const off = probabilities.reduce(
    (most, probability, at) => Math.max(most, Math.abs(probability - cpu.probabilities[at]!)),
    0,
  );
  if (off <= MOST_OFF) return;
  throw tidelineError("RUNTIME_UNSUPPORTED", {
    who: provider,
    field: "probabilities",
    expected: `the CPU's, within ${MOST_OFF}`,
    received: `answers that are off by ${off.toFixed(2)}`,
    remedy: "Compute by WebAssembly here.",
  });
}
