export { decodeImage, type DecodedImage, type DecodeOptions } from "./decode-image.ts";
export { decodeImages, type Decoded, type DecodeImagesOptions } from "./decode-images.ts";
export { formatOf, type ImageFormat } from "./image-format.ts";
export { releaseImage } from "./release-image.ts";
