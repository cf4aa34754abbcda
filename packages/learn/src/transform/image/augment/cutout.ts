import { finite } from "../../../net/check-option.ts";
import { checkImage, type Image } from "../image.ts";
import type { Box } from "../step-crop.ts";
import { withValues, type PixelValues } from "./pixel-values.ts";

/** The image with a box of one grey level; what of the box lies beyond the image is passed over (T. DeVries, arXiv 1708.04552). */
export function cutout<Values extends PixelValues>(image: Image<Values>, box: Box, fill = 0): Image<Values> {
  checkImage("cutout", image);
  finite("cutout", "fill", fill);
  const { height, width, channels } = image;
  const values = image.values.slice() as Values;
  const [top, bottom] = [Math.max(0, box.top), Math.min(height, box.top + box.height)];
  const [left, right] = [Math.max(0, box.left), Math.min(width, box.left + box.width)];
  if (left >= right) return withValues(image, values);
  for (let y = top; y < bottom; y++)
    values.fill(fill, (y * width + left) * channels, (y * width + right) * channels);
  return withValues(image, values);
}
