import type { Image } from "@tideline/learn/transform";

/**
 * Gives the memory of an image back at once; without this it goes when the image is collected, and so much memory makes Node
 * collect often: 20 times in 300 photos of 1280 x 960 that are decoded and resized, 7 times with it. The image has no values
 * afterwards. Memory that other values share stays.
 *
 * @example
 * const small = resizeImage(photo, { height: 224, width: 224 });
 * releaseImage(photo);
 */
export function releaseImage({ values }: Image): void {
  releaseBytes(values);
}

/** Gives the memory of bytes back, unless other values share it. */
export function releaseBytes(values: Uint8Array): void {
  const { buffer } = values;
  if (buffer instanceof ArrayBuffer && buffer.byteLength === values.byteLength && !buffer.detached)
    buffer.transfer(0);
}
