export { greyBytes, LUMA } from "./colour.ts";
export type { Image, ImageShape } from "./image.ts";
export type { ImageStep, ImageStepName } from "./image-step.ts";
export { applyImageSteps, lowerImageSteps, shapeBehind } from "./image-steps.ts";
export { resizeImage, type ResizeOptions } from "./resize-image.ts";
export { axisKernel, type AxisKernel, type KernelName, type KernelOptions } from "./resize-kernel.ts";
export { cropImage, type Box } from "./step-crop.ts";
export { IMAGE_PIXELS, imagePixels, type ImagePixelsOptions } from "./image-pixels.ts";
