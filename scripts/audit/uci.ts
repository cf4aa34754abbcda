import { gunzipSync } from "node:zlib";
import { readBytes, readJson, unusable } from "./evidence.ts";

/** An unbroken recording of one person: what a phone plays in one session. */
export interface UciSegment {
  readonly subject: string;
  readonly part: "train" | "test";
  readonly activity: string;
  /** Published windows in it. */
  readonly windows: number;
  /** `[samples, 6]`: total acceleration, rotation. */
  readonly samples: Float32Array;
}

/** Channels of a phone, by the names of `layout.json`. */
const CHANNELS = ["total_acc_x", "total_acc_y", "total_acc_z", "body_gyro_x", "body_gyro_y", "body_gyro_z"];

interface Layout {
  readonly channels: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly train_shape: readonly [number, number, number];
  readonly test_shape: readonly [number, number, number];
}

/** Reads one part: windows are joined by subject and segment, each adding its second half. */
function readPart(folder: string, part: "train" | "test", layout: Layout): readonly UciSegment[] {
  const [count, size, width] = layout[`${part}_shape`];
  const hop = size / 2;
  const bytes = gunzipSync(readBytes(folder, `signals_${part}.f32.gz`));
  if (bytes.length !== count * size * width * 4) throw unusable(`signals_${part}.f32.gz has not its shape.`);
  const signals = new Float32Array(Uint8Array.from(bytes).buffer);
  const columns = CHANNELS.map((name) => layout.channels.indexOf(name));
  const lines = readBytes(folder, `meta_${part}.csv`).toString("utf8").trim().split(/\r?\n/).slice(1);
  const groups = new Map<string, { window: number; position: number; label: string; subject: string }[]>();
  for (const [window, line] of lines.entries()) {
    const [label, subject, segment, position] = line.split(",") as [string, string, string, string];
    const key = `${subject}/${segment}`;
    groups.set(key, [...(groups.get(key) ?? []), { window, position: Number(position), label, subject }]);
  }
  return [...groups.values()].map((rows) => {
    rows.sort((left, right) => left.position - right.position);
    const length = size + (rows.length - 1) * hop;
    const samples = new Float32Array(length * CHANNELS.length);
    for (let sample = 0; sample < length; sample += 1) {
      const row = rows[Math.min(rows.length - 1, Math.floor(sample / hop))]!;
      const from = (row.window * size + sample - row.position * hop) * width;
      for (const [channel, column] of columns.entries()) {
        samples[sample * CHANNELS.length + channel] = signals[from + column]!;
      }
    }
    const { subject, label } = rows[0]!;
    return { subject, part, activity: layout.labels[label]!, windows: rows.length, samples };
  });
}

/** Every recording of the UCI HAR folder, read from its raw files. */
export function readUci(folder: string): readonly UciSegment[] {
  const layout = readJson(folder, "layout.json") as Layout;
  return [...readPart(folder, "train", layout), ...readPart(folder, "test", layout)];
}
