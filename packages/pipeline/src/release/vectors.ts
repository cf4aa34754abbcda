import { float32Values, type GraphRuntime } from "@tideline/graph";
import { seededRandom, type Random } from "@tideline/learn";
import { canonicalJson, type SelfTestVectors, type WindowDefinition } from "@tideline/spec";
import { nodeText } from "../ingest/node-text.ts";
import { onnxruntimeNode } from "../runtime/index.ts";

/** Windows of a self-test. */
export const VECTOR_COUNT = 8;

/**
 * How far a phone's probabilities may be from ours: ten times what the parity gate lets pass between the runtimes
 * tried here, since a phone's chip, threads and kernels were not among them. A damaged or miswired model is off by far
 * more; a test says so.
 */
export const VECTOR_TOLERANCE = 1e-3;

/** How strong the movement of each window is, from lying still to running; relative to the channel's scale. */
const STRENGTHS = [0, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2];

/** Deviation of the noise at rest, about that of a phone's sensors in g and rad/s; movement adds a tenth of itself. */
const NOISE = 0.005;

/** One g in the unit of the window's gravity channels. */
const GRAVITY = 1;

/** A direction, by normal numbers over their length. */
function direction(random: Random, axes: number): number[] {
  const axis = Array.from({ length: axes }, () => random.normal());
  const length = Math.hypot(...axis) || 1;
  return axis.map((value) => value / length);
}

/**
 * Windows `[size, channels]` made of nothing but a seed: gravity channels keep a direction and sway a little, every
 * other channel is a sum of three sines between half a hertz and a quarter of the rate, with the noise without which
 * no sensor is and every empty band of a spectrum would be alike. Values are rounded to thousandths, so that their
 * JSON is short; phones and we read the same float32 from it.
 */
export function syntheticWindows(
  window: Pick<WindowDefinition, "size" | "rate" | "channels" | "gravity">,
  seed = 1,
): readonly (readonly number[])[] {
  const random = seededRandom(seed);
  const gravity = window.gravity.channels.map((channel) => window.channels.indexOf(`gravity_${channel}`));
  return STRENGTHS.map((strength) => {
    const down = direction(random, gravity.length);
    const channels = window.channels.map((_, index) => {
      if (gravity.includes(index)) {
        const level = GRAVITY * down[gravity.indexOf(index)]!;
        const phase = 2 * Math.PI * random.uniform();
        // A low-passed acceleration still sways a little, slower than a step.
        return (time: number) => level + (NOISE + strength / 20) * Math.sin(2 * Math.PI * 0.3 * time + phase);
      }
      const waves = [1, 2, 3].map(() => ({
        frequency: 0.5 + random.uniform() * (window.rate / 4 - 0.5),
        amplitude: (strength * random.uniform()) / 2,
        phase: 2 * Math.PI * random.uniform(),
      }));
      return (time: number) =>
        waves.reduce(
          (sum, { frequency, amplitude, phase }) =>
            sum + amplitude * Math.sin(2 * Math.PI * frequency * time + phase),
          (NOISE + strength / 10) * random.normal(),
        );
    });
    return Array.from({ length: window.size }, (_, sample) =>
      // Adding zero makes -0 a 0, which JSON cannot tell from it.
      channels.map((value) => Math.round(value(sample / window.rate) * 1000) / 1000 + 0),
    ).flat();
  });
}

/** What {@link makeVectors} makes vectors of. */
export interface VectorOptions {
  readonly bytes: Uint8Array;
  readonly window: Pick<WindowDefinition, "size" | "rate" | "channels" | "gravity">;
  /** Names of the graph's input and of the output with the probabilities. */
  readonly input: string;
  readonly output: string;
  readonly seed?: number;
  /** onnxruntime-node by default. */
  readonly runtime?: GraphRuntime;
}

/**
 * The vectors of a model's self-test: synthetic windows, and the probabilities (float32) that the model gives them.
 * Each window is run on its own, as a phone runs it. Nothing in them is taken from a person.
 */
export async function makeVectors(options: VectorOptions): Promise<SelfTestVectors> {
  const { bytes, window, input, output, seed = 1, runtime = onnxruntimeNode } = options;
  const windows = syntheticWindows(window, seed);
  const dims = [1, window.size, window.channels.length];
  const graph = await runtime.load(bytes);
  const probabilities: number[][] = [];
  try {
    for (const values of windows) {
      const given = { [input]: { dims, values: Float32Array.from(values) } };
      probabilities.push([...float32Values(await graph.run(given, [output]), output)]);
    }
  } finally {
    await graph.release();
  }
  return Object.freeze({ format: 1, tolerance: VECTOR_TOLERANCE, windows, probabilities });
}

/** The bytes under which vectors are stored and fetched: canonical JSON. */
export function encodeVectors(vectors: SelfTestVectors): Uint8Array {
  return nodeText.encode(canonicalJson(vectors));
}
