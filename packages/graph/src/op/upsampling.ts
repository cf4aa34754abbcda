import { formatDims, type Dim } from "../onnx.ts";
import { illegal } from "./op-definition.ts";
import type { Sliding, SlidingAttributes } from "./sliding.ts";

/** What `upsamplingOf` reads beside the attributes of every window. */
export interface UpsamplingAttributes extends SlidingAttributes {
  readonly output_padding?: readonly number[] | undefined;
  readonly output_shape?: readonly number[] | undefined;
}

/** How ConvTranspose spreads its input: the window that would slide over its output, and that output's lengths. */
export interface Upsampling {
  readonly sliding: Sliding;
  readonly sizes: readonly number[];
}

/**
 * The geometry of a ConvTranspose on `[N, C, ...]`, whose spatial lengths must be known. The window that slides over the
 * output gives back the input's lengths; `behind` may be negative where `output_padding` adds what no window reaches.
 */
export function upsamplingOf(
  who: string,
  dims: readonly Dim[],
  attributes: UpsamplingAttributes,
  kernel: readonly number[],
): Upsampling {
  const spatial = dims.slice(2) as readonly number[];
  const rank = spatial.length;
  if (rank < 1 || spatial.some((dim) => typeof dim !== "number"))
    throw illegal(who, "input", "[N, C, ...] with known lengths behind C", formatDims(dims));
  const list = (name: string, given: readonly number[] | undefined, fill: number, count = rank) => {
    const values = given ?? Array.from({ length: count }, () => fill);
    const least = name === "pads" || name === "output_padding" ? 0 : 1;
    if (values.length !== count || values.some((value) => value < least))
      throw illegal(who, name, `${count} numbers of at least ${least}`, formatDims(values));
    return values;
  };
  const strides = list("strides", attributes.strides, 1);
  const dilations = list("dilations", attributes.dilations, 1);
  const extra = list("output_padding", attributes.output_padding, 0);
  const pads = list("pads", attributes.pads, 0, 2 * rank);
  const mode = attributes.auto_pad;
  if (!["NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER"].includes(mode))
    throw illegal(who, "auto_pad", "NOTSET, VALID, SAME_UPPER or SAME_LOWER", mode);
  const full = spatial.map(
    (size, axis) => (size - 1) * strides[axis]! + extra[axis]! + (kernel[axis]! - 1) * dilations[axis]! + 1,
  );
  const same = mode.startsWith("SAME");
  const wanted =
    attributes.output_shape === undefined
      ? same
        ? spatial.map((size, axis) => size * strides[axis]!)
        : undefined
      : // The shape may be written whole, with N and C.
        list("output_shape", attributes.output_shape.slice(-rank), 1);
  const before = full.map((length, axis) => {
    if (wanted === undefined) return mode === "VALID" ? 0 : pads[axis]!;
    const total = Math.max(0, length - wanted[axis]!);
    return mode === "SAME_UPPER" ? Math.floor(total / 2) : Math.ceil(total / 2);
  });
  const sizes = full.map((length, axis) =>
    wanted === undefined
      ? length - before[axis]! - (mode === "VALID" ? 0 : pads[rank + axis]!)
      : wanted[axis]!,
  );
  if (sizes.some((size) => size < 1)) throw illegal(who, "pads", "less than the output", formatDims(pads));
  const behind = full.map((length, axis) => length - extra[axis]! - before[axis]! - sizes[axis]!);
  return { sliding: { kernel, strides, dilations, before, behind, lengths: spatial }, sizes };
}
