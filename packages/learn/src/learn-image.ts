// Images to images: what needs neither a frame nor a graph.
export { affineImage, rotateImage, type AffineOptions } from "./transform/image/augment/affine.ts";
export { augmentImage, type Augmentation } from "./transform/image/augment/augment-image.ts";
export { cutout } from "./transform/image/augment/cutout.ts";
export { flipHorizontal, flipVertical } from "./transform/image/augment/flip.ts";
export {
  adjustBrightness,
  adjustContrast,
  adjustHue,
  adjustSaturation,
} from "./transform/image/augment/jitter.ts";
export { greyBytes, LUMA } from "./transform/image/colour.ts";
export type { Image, ImageShape } from "./transform/image/image.ts";
export { resizeImage, type ResizeOptions } from "./transform/image/resize-image.ts";
export {
  axisKernel,
  type AxisKernel,
  type KernelName,
  type KernelOptions,
} from "./transform/image/resize-kernel.ts";
export { cropImage, type Box } from "./transform/image/step-crop.ts";
