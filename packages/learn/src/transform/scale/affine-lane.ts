import type { Lane } from "../lane.ts";

/** Writes `(x - shift) / scale` of a lane. */
export function scaleLane(from: Lane, to: Lane, rows: number, shift: number, scale: number): void {
  const [source, target] = [from.values, to.values];
  if (from.stride === 1 && to.stride === 1 && from.start === 0 && to.start === 0) {
    for (let row = 0; row < rows; row++) target[row] = (source[row]! - shift) / scale;
    return;
  }
  let at = to.start;
  for (let row = 0, read = from.start; row < rows; row++, read += from.stride, at += to.stride)
    target[at] = (source[read]! - shift) / scale;
}
