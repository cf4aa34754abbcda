import { matrix, selectRows, type Matrix } from "@tideline/learn/net";
import { PHONE_CHANNELS, readUciPart } from "../../apps/fleet/src/recording/uci-har.ts";
import type { ExampleRows } from "./example.ts";

/** Labelled windows with the person of each. */
export interface HarWindows extends ExampleRows {
  readonly X: Matrix;
  readonly people: Int32Array;
}

/**
 * One part of the recordings as rows of 128 samples of the six channels that a phone has: total acceleration (with
 * gravity, which tells how the phone hangs) and angular velocity.
 */
export async function harWindows(folder: string, part: "train" | "test"): Promise<HarWindows> {
  const { layout, rows, signals } = await readUciPart(folder, part);
  const columns = PHONE_CHANNELS.map((channel) => layout.channels.indexOf(channel));
  const [windows, samples, channels] = layout.shapes[part];
  const values = new Float32Array(windows * samples * columns.length);
  for (let at = 0; at < windows * samples; at++)
    for (const [channel, column] of columns.entries())
      values[at * columns.length + channel] = signals[at * channels + column]!;
  const numbers = Object.keys(layout.labels).map(Number);
  return {
    X: matrix(windows, samples * columns.length, values),
    y: Int32Array.from(rows, ({ label }) => numbers.indexOf(label)),
    classes: Object.values(layout.labels),
    people: Int32Array.from(rows, ({ subject }) => subject),
    row: Int32Array.from(rows, (_, row) => row),
  };
}

/** Some of the windows. */
export function windowsAt({ X, y, classes, people, row }: HarWindows, rows: Int32Array): HarWindows {
  const pick = (values: Int32Array) => Int32Array.from(rows, (at) => values[at]!);
  return { X: selectRows(X, rows), y: pick(y), classes, people: pick(people), row: pick(row) };
}
