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

/** The weights of an operator. Tables that trees are walked by are none: a rounded threshold is another decision. */
export function weightsOf({ op, inputs }: LiteOperator): readonly Weight[] {
  const places =
    op === "GATHER" && (inputs[0]?.dims.length ?? 0) > 1 ? [[0, 0] as const] : (PLACES[op] ?? []);
  return places.flatMap(([at, axis]) => {
    const tensor = inputs[at];
    const isWeight = tensor?.values !== undefined && tensor.type === "FLOAT32";
    return isWeight ? [{ tensor, at, ...(axis === undefined ? {} : { axis }) }] : [];
  });
}

/** Whole numbers from -127 to 127 and a scale for each channel, about zero. */
export function symmetric(
  { values, dims }: Pick<LiteTensor, "values" | "dims">,
  axis: number,
): { readonly values: Int8Array; readonly quantisation: LiteQuantisation } {
  const numbers = values as Float32Array;
  const channels = dims[axis]!;
  const inner = dims.slice(axis + 1).reduce((product, length) => product * length, 1);
  const channelOf = (at: number): number => Math.floor(at / inner) % channels;
  const largest = new Float64Array(channels);
  for (let at = 0; at < numbers.length; at++)
    largest[channelOf(at)] = Math.max(largest[channelOf(at)]!, Math.abs(numbers[at]!));
  // A channel of zeros has any scale.
  const scales = Array.from(largest, (most) => (most > 0 ? Math.fround(most / 127) : 1));
  const whole = Int8Array.from(numbers, (value, at) =>
    Math.max(-127, Math.min(127, Math.round(value / scales[channelOf(at)]!))),
  );
  return { values: whole, quantisation: { scales, zeroPoints: scales.map(() => 0), axis } };
}
