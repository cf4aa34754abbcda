import { formatDims, type Dim } from "../onnx.ts";
import { illegal, type AttributeRules } from "./op-definition.ts";

/** How a window slides over the spatial axes of `[N, C, ...]`. */
export interface Sliding {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** Padding before and behind each axis. */
  readonly before: readonly number[];
  readonly behind: readonly number[];
  /** Lengths of the output's spatial axes. */
  readonly lengths: readonly number[];
}

/** Attributes that all sliding operators share. */
export const SLIDING_RULES = {
  auto_pad: { type: "string", default: "NOTSET" },
  kernel_shape: { type: "ints" },
  pads: { type: "ints" },
  strides: { type: "ints" },
} as const satisfies AttributeRules;

/** Attributes of operators that pool. */
export const POOL_RULES = {
  ...SLIDING_RULES,
  kernel_shape: { type: "ints", required: true },
  dilations: { type: "ints" },
  ceil_mode: { type: "int", default: 0 },
} as const satisfies AttributeRules;

/** What `slidingOf` reads: the shared attributes and those that some operators add. */
export interface SlidingAttributes {
  readonly auto_pad: string;
  readonly kernel_shape?: readonly number[] | undefined;
  readonly pads?: readonly number[] | undefined;
  readonly strides?: readonly number[] | undefined;
  readonly dilations?: readonly number[] | undefined;
  readonly ceil_mode?: number;
}

/** The geometry of an application to `[N, C, ...]`, whose spatial lengths must be known. */
export function slidingOf(
  who: string,
  dims: readonly Dim[],
  attributes: SlidingAttributes,
  kernelShape = attributes.kernel_shape,
): Sliding {
  const spatial = dims.slice(2);
  const rank = spatial.length;
  if (rank < 1 || spatial.some((dim) => typeof dim !== "number"))
    throw illegal(who, "input", "[N, C, ...] with known lengths behind C", formatDims(dims));
  const sizes = spatial as readonly number[];
  const list = (name: string, given: readonly number[] | undefined, fill: number, count = rank) => {
    const values = given ?? Array.from({ length: count }, () => fill);
    const least = name === "pads" ? 0 : 1;
    if (values.length !== count || values.some((value) => value < least))
      throw illegal(who, name, `${count} numbers of at least ${least}`, formatDims(values));
    return values;
  };
  const kernel = list("kernel_shape", kernelShape, 0);
  const strides = list("strides", attributes.strides, 1);
  const dilations = list("dilations", attributes.dilations, 1);
  const reach = kernel.map((size, axis) => (size - 1) * dilations[axis]! + 1);
  const pads = list("pads", attributes.pads, 0, 2 * rank);
  let [before, behind] = [pads.slice(0, rank), pads.slice(rank)];
  const mode = attributes.auto_pad;
  if (mode === "SAME_UPPER" || mode === "SAME_LOWER") {
    const total = sizes.map((size, axis) =>
      Math.max(0, (Math.ceil(size / strides[axis]!) - 1) * strides[axis]! + reach[axis]! - size),
    );
    const less = total.map((sum) => Math.floor(sum / 2));
    const more = total.map((sum) => Math.ceil(sum / 2));
    [before, behind] = mode === "SAME_UPPER" ? [less, more] : [more, less];
  } else if (mode !== "NOTSET" && mode !== "VALID")
    throw illegal(who, "auto_pad", "NOTSET, VALID, SAME_UPPER or SAME_LOWER", mode);
  const lengths = sizes.map((size, axis) => {
    const room = (size + before[axis]! + behind[axis]! - reach[axis]!) / strides[axis]!;
    if (attributes.ceil_mode !== 1) return Math.floor(room) + 1;
    // A window that would start in the padding behind the input is left out.
    const length = Math.ceil(room) + 1;
    return (length - 1) * strides[axis]! >= size + before[axis]! ? length - 1 : length;
  });
  if (lengths.some((length) => length < 1))
    throw illegal(who, "kernel_shape", "a window that fits the padded input", formatDims(kernel));
  return { kernel, strides, dilations, before, behind, lengths };
}

/** Where an output position's kernel position reads each spatial axis; outside of the input it is padding. */
export function placesOf(
  { strides, dilations, before }: Sliding,
  output: readonly number[],
  kernel: readonly number[],
): readonly number[] {
  return output.map((at, axis) => at * strides[axis]! - before[axis]! + kernel[axis]! * dilations[axis]!);
}
