import { finite, illegalOption, notNegative } from "../../../net/check-option.ts";
import { LUMA } from "../colour.ts";
import { checkImage, type Image } from "../image.ts";
import { level, likeValues, withValues, type PixelValues } from "./pixel-values.ts";

function colour<Values extends PixelValues>(who: string, image: Image<Values>): void {
  checkImage(who, image);
  if (image.channels !== 3) throw illegalOption(who, "channels", "3", String(image.channels));
}

const lumaAt = (values: PixelValues, at: number): number =>
  LUMA[0] * values[at]! + LUMA[1] * values[at + 1]! + LUMA[2] * values[at + 2]!;

/** Every level times `factor`: 0 is black, 1 the image. */
export function adjustBrightness<Values extends PixelValues>(
  image: Image<Values>,
  factor: number,
): Image<Values> {
  checkImage("adjustBrightness", image);
  notNegative("adjustBrightness", "factor", factor);
  const out = likeValues(image.values, image.values.length);
  for (let at = 0; at < out.length; at++) out[at] = level(out, image.values[at]! * factor);
  return withValues(image, out);
}

/** Away from the mean grey of the image by `factor`: 0 is grey throughout, 1 the image. */
export function adjustContrast<Values extends PixelValues>(
  image: Image<Values>,
  factor: number,
): Image<Values> {
  colour("adjustContrast", image);
  notNegative("adjustContrast", "factor", factor);
  const { values } = image;
  let mean = 0;
  for (let at = 0; at < values.length; at += 3) mean += lumaAt(values, at);
  mean /= values.length / 3;
  const out = likeValues(values, values.length);
  for (let at = 0; at < out.length; at++) out[at] = level(out, mean + factor * (values[at]! - mean));
  return withValues(image, out);
}

/** Away from each pixel's own grey by `factor`: 0 is without colour, 1 the image. */
export function adjustSaturation<Values extends PixelValues>(
  image: Image<Values>,
  factor: number,
): Image<Values> {
  colour("adjustSaturation", image);
  notNegative("adjustSaturation", "factor", factor);
  const { values } = image;
  const out = likeValues(values, values.length);
  for (let at = 0; at < out.length; at += 3) {
    const grey = lumaAt(values, at);
    for (let c = at; c < at + 3; c++) out[c] = level(out, grey + factor * (values[c]! - grey));
  }
  return withValues(image, out);
}

/** Each hue turned by a share of the circle, -0.5 to 0.5 (A. R. Smith's hexagonal cone, SIGGRAPH 1978). */
export function adjustHue<Values extends PixelValues>(image: Image<Values>, turn: number): Image<Values> {
  colour("adjustHue", image);
  if (!(Math.abs(finite("adjustHue", "turn", turn)) <= 0.5))
    throw illegalOption("adjustHue", "turn", "a share from -0.5 to 0.5", String(turn));
  const { values } = image;
  const out = likeValues(values, values.length);
  for (let at = 0; at < out.length; at += 3) {
    const [r, g, b] = [values[at]!, values[at + 1]!, values[at + 2]!];
    const most = Math.max(r, g, b);
    const spread = most - Math.min(r, g, b);
    let hue = 0;
    if (spread > 0) {
      if (most === r) hue = (g - b) / spread;
      else if (most === g) hue = 2 + (b - r) / spread;
      else hue = 4 + (r - g) / spread;
    }
    const turned = hue + 6 * turn + 12;
    for (const [c, offset] of [5, 3, 1].entries()) {
      const k = (offset + turned) % 6;
      out[at + c] = level(out, most - spread * Math.max(0, Math.min(k, 4 - k, 1)));
    }
  }
  return withValues(image, out);
}
