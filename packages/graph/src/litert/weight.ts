import {
  groupsAlong,
  largestOf,
  largestSizes,
  symmetricScales,
  symmetricWhole,
} from "../compress/whole-number.ts";
import type { LiteOperator, LiteQuantisation, LiteTensor } from "./lite-graph.ts";

/** A constant that an operator multiplies with, or picks rows of. */
export interface Weight {
  readonly tensor: LiteTensor;
  /** Its place among the operator's inputs. */
  readonly at: number;
  /** The axis of its channels, each of which may have a scale of its own; undefined where it has one scale. */
  readonly axis?: number;
}

/** Where operators have weights, and the axis of their channels. */
const PLACES: Partial<Record<LiteOperator["op"], readonly (readonly [at: number, axis?: number])[]>> = {
  BATCH_MATMUL: [[0], [1]],
  CONV_2D: [[1, 0]],
  DEPTHWISE_CONV_2D: [[1, 3]],
  FULLY_CONNECTED: [[1, 0]],
  TRANSPOSE_CONV: [[1, 0]],
};

/** The smallest normal number of float32. Kernels take no scale below it. */
export const LEAST_SCALE = 2 ** -126;

/** Whether whole numbers can stand for numbers: all are finite, and not so small that their scale would be no normal number. */
function mayRound(values: Float32Array): boolean {
  let largest = 0;
  for (const value of values) {
    if (!Number.isFinite(value)) return false;
    largest = Math.max(largest, Math.abs(value));
  }
  return largest === 0 || largest >= largestOf(8) * LEAST_SCALE;
}

/**
 * The weights of an operator that may be rounded. Tables that trees are walked by are none: a rounded threshold is another decision.
 */
export function weightsOf({ op, inputs }: LiteOperator): readonly Weight[] {
  const places =
    op === "GATHER" && (inputs[0]?.dims.length ?? 0) > 1 ? [[0, 0] as const] : (PLACES[op] ?? []);
  return places.flatMap(([at, axis]) => {
    const tensor = inputs[at];
    const isWeight = tensor?.values !== undefined && tensor.type === "FLOAT32";
    return isWeight && mayRound(tensor.values as Float32Array)
      ? [{ tensor, at, ...(axis === undefined ? {} : { axis }) }]
      : [];
  });
}

/** A scale for each channel. One of as good as zeros has the largest of the others: kernels take scales within bounds alone. */
function channelScales(sizes: Float64Array): Float32Array {
  const largest = Math.max(...sizes);
  return symmetricScales(
    sizes.map((size) => (size < largestOf(8) * LEAST_SCALE ? largest : size)),
    8,
  );
}

/**
 * Whole numbers from -127 to 127 about zero, with a scale for each channel, or one of them for all.
 *
 * @param least what the scale of each channel must be at least
 */
export function symmetric(
  { values, dims }: Pick<LiteTensor, "values" | "dims">,
  axis: number,
  shares = false,
  least?: Float64Array,
): { readonly values: Int8Array; readonly quantisation: LiteQuantisation } {
  const numbers = values as Float32Array;
  const channels = groupsAlong(dims, axis);
  const sizes = largestSizes(numbers, channels);
  const own = channelScales(sizes).map((scale, channel) => Math.max(scale, least?.[channel] ?? 0));
  const groups = shares ? { count: 1, of: () => 0 } : channels;
  const scales = shares ? own.toSorted().slice(-1) : own;
  return {
    values: symmetricWhole(numbers, groups, scales, 8),
    quantisation: { scales: [...scales], zeroPoints: Array.from(scales, () => 0), axis: shares ? 0 : axis },
  };
}
