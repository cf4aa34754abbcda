import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { groupFolds } from "../../../split.ts";
import type { NetData } from "../../train/net-data.ts";

/** Samples of a window, channels of the file, and the six of them that a phone has: total acceleration and turning. */
const [SAMPLES, CHANNELS, PHONE] = [128, 9, [6, 7, 8, 3, 4, 5]] as const;

/** Windows of training people of UCI HAR, divided by people; the official test part is not read. */
export interface HarPeople {
  readonly classes: readonly string[];
  readonly train: NetData;
  readonly validation: NetData;
}

/** Reads the training part; a fifth of the people is kept for validation. */
export function harPeople(folder: string): HarPeople {
  const bytes = gunzipSync(readFileSync(join(folder, "signals_train.f32.gz")));
  const signals = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  const [, ...meta] = readFileSync(join(folder, "meta_train.csv"), "utf8").trim().split(/\r?\n/);
  const people = Int32Array.from(meta, (line) => Number(line.split(",")[1]));
  const labels = Int32Array.from(meta, (line) => Number(line.split(",")[0]) - 1);
  const width = SAMPLES * PHONE.length;
  const rowsAt = (rows: Int32Array): NetData => {
    const values = new Float32Array(rows.length * width);
    for (const [to, row] of rows.entries())
      for (let at = 0; at < width; at++)
        values[to * width + at] =
          signals[(row * SAMPLES + Math.floor(at / PHONE.length)) * CHANNELS + PHONE[at % PHONE.length]!]!;
    return {
      rows: rows.length,
      inputs: { x: { dims: [SAMPLES, PHONE.length], values } },
      target: { dims: [], values: Int32Array.from(rows, (row) => labels[row]!) },
    };
  };
  const { train, test } = groupFolds(people, 5, 1)[0]!;
  return {
    classes: ["WALKING", "WALKING_UPSTAIRS", "WALKING_DOWNSTAIRS", "SITTING", "STANDING", "LAYING"],
    train: rowsAt(train as Int32Array),
    validation: rowsAt(test as Int32Array),
  };
}
