import type { GraphBuilder, Value } from "@tideline/graph";
import { illegalOption } from "../../net/check-option.ts";
import type { Image, ImageShape } from "./image.ts";
import type { ImageStep, ImageStepDef, ImageStepName, StepOf } from "./image-step.ts";
import { grey, opaque, repeatGrey, swapRedBlue } from "./step-colour.ts";
import { crop } from "./step-crop.ts";
import { letterbox } from "./step-letterbox.ts";
import { normalise, scale } from "./step-normalise.ts";
import { resize, resizeShorter } from "./step-resize.ts";
import { nearestRemedy } from "../../nearest-name.ts";

/** Every kind of step by its name. */
export const IMAGE_STEPS = {
  crop,
  grey,
  letterbox,
  normalise,
  opaque,
  repeatGrey,
  resize,
  resizeShorter,
  scale,
  swapRedBlue,
} satisfies { readonly [Name in ImageStepName]: ImageStepDef<StepOf<Name>> };

function definitionOf(step: ImageStep): ImageStepDef<ImageStep> {
  if (!Object.hasOwn(IMAGE_STEPS, step.step))
    throw illegalOption(
      "imageSteps",
      "step",
      `one of ${Object.keys(IMAGE_STEPS).join(", ")}`,
      String(step.step),
      nearestRemedy(step.step, Object.keys(IMAGE_STEPS)),
    );
  return IMAGE_STEPS[step.step] as unknown as ImageStepDef<ImageStep>;
}

/** The lengths of an image behind the steps. @throws DEFINITION_ILLEGAL where a step does not fit. */
export function shapeBehind(from: ImageShape, steps: readonly ImageStep[]): ImageShape {
  return steps.reduce((shape, step) => definitionOf(step).shape(step, shape), from);
}

/**
 * An image through steps, in float64: the meaning of what {@link lowerImageSteps} puts on a graph.
 *
 * @throws DEFINITION_ILLEGAL where a step does not fit.
 * @example
 * applyImageSteps(photo, [{ step: "resizeShorter", size: 256 }, { step: "crop", height: 224, width: 224 }]);
 */
export function applyImageSteps(
  image: Image<Uint8Array | Float32Array | Float64Array>,
  steps: readonly ImageStep[],
): Image<Float64Array> {
  shapeBehind(image, steps);
  const start: Image<Float64Array> = { ...image, values: Float64Array.from(image.values) };
  return steps.reduce((made, step) => definitionOf(step).apply(step, made), start);
}

/**
 * Adds image steps to a graph.
 *
 * @param x float32, [N, channels, height, width]
 * @returns float32, [N, channels, height, width] of the lengths behind the steps
 * @throws DEFINITION_ILLEGAL where a step does not fit.
 */
export function lowerImageSteps(
  g: GraphBuilder,
  x: Value,
  from: ImageShape,
  steps: readonly ImageStep[],
): Value {
  let shape = from;
  let value = x;
  for (const step of steps) {
    const next = definitionOf(step).shape(step, shape);
    value = definitionOf(step).lower(step, g, value, shape);
    shape = next;
  }
  return value;
}
