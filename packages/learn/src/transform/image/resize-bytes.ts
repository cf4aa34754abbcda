import { fixedWeights, HALF, PRECISION, rowsFirst } from "./fixed-axis.ts";
import type { AxisKernel } from "./resize-kernel.ts";

/** Whether an axis stays as it is, which Pillow passes over. */
function same({ from, to }: AxisKernel): boolean {
  return from === to;
}

/** Bytes `[rows, columns, channels]` resized as Pillow does: across, then down ({@link rowsFirst} says when not), each rounded to bytes. */
export function resizeBytes(
  values: Uint8Array,
  channels: number,
  down: AxisKernel,
  across: AxisKernel,
): Uint8Array {
  const goAcross = (from: Uint8Array, rows: number) =>
    same(across) ? from : bytesAcross(from, channels, rows, across);
  const goDown = (from: Uint8Array, columns: number) =>
    same(down) ? from : bytesDown(from, columns * channels, down);
  const made = rowsFirst(down, across)
    ? goAcross(goDown(values, across.from), down.to)
    : goDown(goAcross(values, down.from), across.to);
  return made === values ? values.slice() : made;
}

function bytesAcross(values: Uint8Array, channels: number, rows: number, kernel: AxisKernel): Uint8Array {
  const out = new Uint8Array(rows * kernel.to * channels);
  const weights = fixedWeights(kernel);
  if (channels === 3) threeAcross(values, rows, kernel, weights, out);
  else anyAcross(values, channels, rows, kernel, weights, out);
  return out;
}

function clip(sum: number): number {
  const value = sum >> PRECISION;
  return value < 0 ? 0 : value > 255 ? 255 : value;
}

function threeAcross(
  values: Uint8Array,
  rows: number,
  { first, taps, to, from }: AxisKernel,
  weights: Int32Array,
  out: Uint8Array,
): void {
  for (let y = 0, at = 0; y < rows; y++) {
    const row = y * from * 3;
    for (let x = 0; x < to; x++) {
      let red = HALF;
      let green = HALF;
      let blue = HALF;
      let pixel = row + first[x]! * 3;
      for (let k = x * taps, end = k + taps; k < end; k++, pixel += 3) {
        const weight = weights[k]!;
        red = (red + Math.imul(weight, values[pixel]!)) | 0;
        green = (green + Math.imul(weight, values[pixel + 1]!)) | 0;
        blue = (blue + Math.imul(weight, values[pixel + 2]!)) | 0;
      }
      out[at] = clip(red);
      out[at + 1] = clip(green);
      out[at + 2] = clip(blue);
      at += 3;
    }
  }
}

function anyAcross(
  values: Uint8Array,
  channels: number,
  rows: number,
  { first, taps, to, from }: AxisKernel,
  weights: Int32Array,
  out: Uint8Array,
): void {
  for (let y = 0, at = 0; y < rows; y++)
    for (let x = 0; x < to; x++)
      for (let c = 0; c < channels; c++) {
        let sum = HALF;
        let pixel = (y * from + first[x]!) * channels + c;
        for (let k = x * taps, end = k + taps; k < end; k++, pixel += channels)
          sum = (sum + Math.imul(weights[k]!, values[pixel]!)) | 0;
        out[at++] = clip(sum);
      }
}

function bytesDown(values: Uint8Array, width: number, kernel: AxisKernel): Uint8Array {
  const out = new Uint8Array(kernel.to * width);
  const weights = fixedWeights(kernel);
  const sums = new Int32Array(width);
  for (let y = 0; y < kernel.to; y++) {
    sums.fill(HALF);
    for (let k = 0; k < kernel.taps; k++) {
      const weight = weights[y * kernel.taps + k]!;
      if (weight !== 0) addRow(sums, values, (kernel.first[y]! + k) * width, weight);
    }
    for (let x = 0, at = y * width; x < width; x++, at++) out[at] = clip(sums[x]!);
  }
  return out;
}

function addRow(sums: Int32Array, values: Uint8Array, from: number, weight: number): void {
  for (let x = 0; x < sums.length; x++) sums[x] = (sums[x]! + Math.imul(weight, values[from + x]!)) | 0;
}
