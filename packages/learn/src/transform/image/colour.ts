/**
 * The luma of ITU-R BT.601: what "grey" means in Pillow, OpenCV and torchvision.
 * Pillow computes it for bytes in fixed point of 16 bits, with these weights times 65,536, rounded.
 */
export const LUMA = [0.299, 0.587, 0.114] as const;

const FIXED_LUMA = [19_595, 38_470, 7_471] as const;

/** Grey bytes of colour ones `[pixels, channels]` (red first), equal to Pillow's `convert("L")` in every bit. */
export function greyBytes(values: Uint8Array, channels: number): Uint8Array {
  const pixels = values.length / channels;
  const out = new Uint8Array(pixels);
  const [red, green, blue] = FIXED_LUMA;
  for (let p = 0, at = 0; p < pixels; p++, at += channels)
    out[p] = (red * values[at]! + green * values[at + 1]! + blue * values[at + 2]! + 0x8000) >> 16;
  return out;
}
