import { checkImage, type Image } from "../image.ts";
import { likeValues, withValues, type PixelValues } from "./pixel-values.ts";

/** The image mirrored: left and right swapped. */
export function flipHorizontal<Values extends PixelValues>(image: Image<Values>): Image<Values> {
  checkImage("flipHorizontal", image);
  const { height, width, channels, values } = image;
  const out = likeValues(values, values.length);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const from = (y * width + width - 1 - x) * channels;
      for (let c = 0, to = (y * width + x) * channels; c < channels; c++) out[to + c] = values[from + c]!;
    }
  return withValues(image, out);
}

/** The image upside down. */
export function flipVertical<Values extends PixelValues>(image: Image<Values>): Image<Values> {
  checkImage("flipVertical", image);
  const { height, width, channels, values } = image;
  const out = likeValues(values, values.length);
  const row = width * channels;
  for (let y = 0; y < height; y++) out.set(values.subarray(y * row, (y + 1) * row), (height - 1 - y) * row);
  return withValues(image, out);
}
