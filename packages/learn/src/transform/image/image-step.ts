import type { GraphBuilder, Value } from "@tideline/graph";
import type { Image, ImageShape } from "./image.ts";
import type { KernelOptions } from "./resize-kernel.ts";

/** A step from pixels to what a net takes, as plain data. */
export type ImageStep =
  /** To this size, or until the shorter side has it (torchvision's `Resize(size)`). `bytes` rounds as Pillow's bytes do. */
  | (KernelOptions & {
      readonly step: "resize";
      readonly height: number;
      readonly width: number;
      readonly bytes?: boolean;
    })
  | (KernelOptions & { readonly step: "resizeShorter"; readonly size: number; readonly bytes?: boolean })
  /** A part of the image: in the middle, or from a place. */
  | {
      readonly step: "crop";
      readonly height: number;
      readonly width: number;
      readonly top?: number;
      readonly left?: number;
    }
  /** The whole image within this size, in its middle, on `fill` (default 0); Pillow's `ImageOps.pad`. */
  | (KernelOptions & {
      readonly step: "letterbox";
      readonly height: number;
      readonly width: number;
      readonly fill?: number;
      readonly bytes?: boolean;
    })
  /** Red and blue swapped; grey by ITU-R BT.601; grey three times over; without opacity, on a background (default black). */
  | { readonly step: "swapRedBlue" }
  | { readonly step: "grey" }
  | { readonly step: "repeatGrey" }
  | { readonly step: "opaque"; readonly background?: readonly [number, number, number] }
  /** `x * by`: 1/255 makes grey levels shares. */
  | { readonly step: "scale"; readonly by: number }
  /** `(x - mean) / deviation` by channel. */
  | { readonly step: "normalise"; readonly mean: readonly number[]; readonly deviation: readonly number[] };

/** The name of a step. */
export type ImageStepName = ImageStep["step"];

/** The step of a name. */
export type StepOf<Name extends ImageStepName> = Extract<ImageStep, { readonly step: Name }>;

/** What a kind of step does to lengths, to pixels and on a graph. */
export interface ImageStepDef<Step> {
  /** The lengths behind it. @throws DEFINITION_ILLEGAL for lengths or values that do not fit. */
  shape(step: Step, from: ImageShape): ImageShape;
  /** The pixels behind it, in float64. */
  apply(step: Step, image: Image<Float64Array>): Image<Float64Array>;
  /** The same on a graph: float32, `[N, channels, height, width]` to the like. */
  lower(step: Step, g: GraphBuilder, x: Value, from: ImageShape): Value;
}
