import type { LinearNode } from "../optimise/linear-node.ts";
import type { OnnxNode } from "../onnx.ts";

/** A row of numbers that a layer multiplies its weights with; where padding stands it is zero. */
export type SeePatch = (patch: Float64Array, group: number) => void;

function ints({ attributes }: OnnxNode, name: string, length: number, absent: number): readonly number[] {
  const attribute = attributes[name];
  return attribute?.type === "ints" ? attribute.value : Array.from({ length }, () => absent);
}

/** How many numbers of the input one output is made of. */
export function patchLength({ node, weights, inputs }: LinearNode): number {
  return node.op === "Conv" ? weights.values.length / weights.dims[0]! : inputs;
}

/** Padding before each axis of a window's input, as the operator's `auto_pad` or `pads` says. */
function padsOf(
  node: OnnxNode,
  lengths: readonly number[],
  spans: readonly number[],
  strides: readonly number[],
) {
  const { auto_pad } = node.attributes;
  const mode = auto_pad?.type === "string" ? auto_pad.value : "NOTSET";
  const rank = lengths.length;
  const given = ints(node, "pads", 2 * rank, 0);
  return lengths.map((length, axis) => {
    if (!mode.startsWith("SAME")) {
      const [low, high] = mode === "VALID" ? [0, 0] : [given[axis]!, given[axis + rank]!];
      return { low, steps: Math.floor((length + low + high - spans[axis]!) / strides[axis]!) + 1 };
    }
    const steps = Math.ceil(length / strides[axis]!);
    const all = Math.max(0, (steps - 1) * strides[axis]! + spans[axis]! - length);
    return { low: mode === "SAME_UPPER" ? Math.floor(all / 2) : Math.ceil(all / 2), steps };
  });
}

/** The window of a convolution over an input: its lengths, steps and where it starts. */
function windowOf({ node, weights }: LinearNode, dims: readonly number[]) {
  const lengths = dims.slice(2);
  const rank = lengths.length;
  const window = weights.dims.slice(2);
  const strides = ints(node, "strides", rank, 1);
  const dilations = ints(node, "dilations", rank, 1);
  const spans = window.map((length, axis) => (length - 1) * dilations[axis]! + 1);
  const pads = padsOf(node, lengths, spans, strides);
  const [lows, steps] = [pads.map(({ low }) => low), pads.map((pad) => Math.max(0, pad.steps))];
  return { lengths, window, strides, dilations, lows, steps };
}

/** How many outputs a layer computes of an input, for each of its channels. */
export function patchCount(linear: LinearNode, dims: readonly number[]): number {
  if (linear.node.op !== "Conv") return dims.slice(0, -1).reduce((product, length) => product * length, 1);
  const { steps } = windowOf(linear, dims);
  return steps.reduce((product, count) => product * count, dims[0]!);
}

/**
 * Shows what a layer multiplies with its weights, patch by patch: a row of a product's input, a window of a convolution's
 * in the order of its weights `[channel of the group, ...window]`.
 *
 * @param every one patch in so many is shown.
 */
export function eachPatch(
  linear: LinearNode,
  dims: readonly number[],
  values: ArrayLike<number>,
  every: number,
  see: SeePatch,
): void {
  const { node, weights } = linear;
  const patch = new Float64Array(patchLength(linear));
  let count = 0;
  if (node.op !== "Conv") {
    for (let from = 0; from + patch.length <= values.length; from += patch.length)
      if (count++ % every === 0) {
        for (let at = 0; at < patch.length; at++) patch[at] = values[from + at]!;
        see(patch, 0);
      }
    return;
  }
  const { lengths, window, strides, dilations, lows, steps } = windowOf(linear, dims);
  const perGroup = weights.dims[1]!;
  const groups = dims[1]! / perGroup;
  const inner = lengths.reduce((product, length) => product * length, 1);
  const places = steps.reduce((product, length) => product * length, 1);
  const taps = window.reduce((product, length) => product * length, 1);
  const split = (flat: number, sizes: readonly number[]): number[] => {
    const index = sizes.map(() => 0);
    for (let axis = sizes.length - 1; axis >= 0; axis--) {
      index[axis] = flat % sizes[axis]!;
      flat = Math.floor(flat / sizes[axis]!);
    }
    return index;
  };
  const tapIndexes = Array.from({ length: taps }, (_, tap) => split(tap, window));
  for (let row = 0; row < dims[0]!; row++)
    for (let place = 0; place < places; place++) {
      if (count++ % every !== 0) continue;
      const start = split(place, steps).map((step, axis) => step * strides[axis]! - lows[axis]!);
      const offsets = tapIndexes.map((index) =>
        index.reduce((flat, tap, axis) => {
          const at = start[axis]! + tap * dilations[axis]!;
          return flat < 0 || at < 0 || at >= lengths[axis]! ? -1 : flat * lengths[axis]! + at;
        }, 0),
      );
      for (let group = 0; group < groups; group++) {
        for (let channel = 0; channel < perGroup; channel++) {
          const from = (row * dims[1]! + group * perGroup + channel) * inner;
          for (let tap = 0; tap < taps; tap++) {
            const offset = offsets[tap]!;
            patch[channel * taps + tap] = offset < 0 ? 0 : values[from + offset]!;
          }
        }
        see(patch, group);
      }
    }
}
