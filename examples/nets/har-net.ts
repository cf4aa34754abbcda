import { seededRandom } from "@tideline/learn";
import { nets } from "@tideline/learn/net";
import { onnxruntimeNode } from "@tideline/pipeline";
import { windowsAt, type HarWindows } from "./har-window.ts";

/** The net of windows of people: two convolutions along time, with the lengths of acceleration and of angular velocity beside them. */
export const HAR_NET = {
  shape: [128, 6],
  vectors: [
    [0, 1, 2],
    [3, 4, 5],
  ],
  channels: [32, 64],
  stride: 2,
  decay: 0.01,
  labelSmoothing: 0.1,
} as const satisfies nets.Conv1dOptions<"classification">;

/** Some windows, drawn by a seed, each perhaps more than once. */
export function someWindows(rows: HarWindows, count: number, seed: number): HarWindows {
  const random = seededRandom(seed);
  return windowsAt(
    rows,
    Int32Array.from({ length: count }, () => random.integer(rows.X.rows)),
  );
}

/**
 * The net after a few epochs on some windows, for what files make of it; `har-conv1d.ts` trains it in full.
 *
 * @example
 * const model = await briefHarNet(await harWindows(folder, "train"), { windows: 3000, epochs: 8 });
 */
export const briefHarNet = (
  train: HarWindows,
  { windows, epochs }: { readonly windows: number; readonly epochs: number },
) =>
  nets
    .conv1d<"classification">({ ...HAR_NET, epochs, seed: 1 })
    .fit(someWindows(train, windows, 1), { runtime: onnxruntimeNode });
