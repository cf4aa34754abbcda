import { laneKernel } from "../kernel/lane-kernel.ts";
import type { Lane } from "../lane.ts";

/** Writes `(x - shift - rest) / scale` of a lane; the rest is what float64 leaves out of the shift. */
export function scaleLane(from: Lane, to: Lane, rows: number, shift: number, scale: number, rest = 0): void {
  const [source, target] = [from.values, to.values];
  if (from.stride === 1 && to.stride === 1 && from.start === 0 && to.start === 0) {
    const kernel = laneKernel();
    const [read, write] = [kernel?.address(source, 0) ?? -1, kernel?.address(target, 0) ?? -1];
    if (kernel !== null && read >= 0 && write >= 0)
      return kernel.scaleNumbers(read, write, rows, shift, rest, scale);
    for (let row = 0; row < rows; row++) target[row] = (source[row]! - shift - rest) / scale;
    return;
  }
  let at = to.start;
  for (let row = 0, read = from.start; row < rows; row++, read += from.stride, at += to.stride)
    target[at] = (source[read]! - shift - rest) / scale;
}
