export * from "../../learn-image.ts";
export type { ImageStep, ImageStepName } from "./image-step.ts";
export { applyImageSteps, lowerImageSteps, shapeBehind } from "./image-steps.ts";
export { IMAGE_PIXELS, imagePixels, type ImagePixelsOptions } from "./image-pixels.ts";
