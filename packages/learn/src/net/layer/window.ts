import { illegalOption, positiveInteger, wholeNumber } from "../check-option.ts";

/** How a window slides along axes. */
export interface WindowOptions {
  /** Distance between windows. Default 1 for convolutions, the window's size for pooling. */
  readonly stride?: number;
  /**
   * "same": so many zeros around that stride 1 keeps the length (the odd one behind); "valid": none; or a number of
   * them on each side. Default "valid".
   */
  readonly padding?: "same" | "valid" | number;
  /** Distance between the numbers of a window. Default 1. */
  readonly dilation?: number;
}

/** Attributes that ONNX's Conv and pools share. */
export interface WindowAttributes {
  readonly kernel_shape: readonly number[];
  readonly strides: readonly number[];
  readonly pads: readonly number[];
  readonly dilations: readonly number[];
}

/**
 * The attributes of a window of one size along each of `axes` axes.
 *
 * @throws DEFINITION_ILLEGAL naming the option.
 */
export function windowAttributes(
  who: string,
  axes: number,
  size: number,
  options: WindowOptions,
  defaultStride = 1,
): WindowAttributes {
  const { stride = defaultStride, padding = "valid", dilation = 1 } = options;
  positiveInteger(who, "size", size);
  positiveInteger(who, "stride", stride);
  positiveInteger(who, "dilation", dilation);
  const [before, after] = paddingOf(who, padding, (size - 1) * dilation);
  const each = (value: number) => Array.from({ length: axes }, () => value);
  return {
    kernel_shape: each(size),
    strides: each(stride),
    pads: [...each(before), ...each(after)],
    dilations: each(dilation),
  };
}

/** Zeros before and after an axis; `reach` is the window's extent less 1. */
function paddingOf(
  who: string,
  padding: "same" | "valid" | number,
  reach: number,
): readonly [number, number] {
  if (padding === "valid") return [0, 0];
  if (padding === "same") return [Math.floor(reach / 2), Math.ceil(reach / 2)];
  if (typeof padding !== "number")
    throw illegalOption(who, "padding", `"same", "valid" or a number`, String(padding));
  wholeNumber(who, "padding", padding);
  return [padding, padding];
}
