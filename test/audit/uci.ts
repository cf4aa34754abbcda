import { gzipSync } from "node:zlib";
import { put } from "./file.ts";
import { PEOPLE, SAMPLES, SESSIONS } from "./fixture.ts";
import { HOP, SIZE } from "./toy-app.ts";

const CHANNELS = ["body_acc", "body_gyro", "total_acc"].flatMap((name) =>
  ["x", "y", "z"].map((axis) => `${name}_${axis}`),
);

/** Writes the recordings that the made-up phones play, in the form of the UCI HAR folder. */
export function writeRecordings(folder: string): void {
  const shapes: Record<string, readonly number[]> = {};
  for (const part of ["train", "test"]) {
    const subjects = Object.entries(PEOPLE).flatMap(([subject, cohort]) =>
      (cohort === "study") === (part === "train") ? [subject] : [],
    );
    const lines = ["label,subject,segment,position"];
    const values: number[] = [];
    for (const subject of subjects) {
      for (const [segment, { activity, x, z }] of SESSIONS.entries()) {
        for (let position = 0; position * HOP + SIZE <= SAMPLES; position += 1) {
          lines.push(`${activity === "A" ? 1 : 2},${subject},${segment},${position}`);
          for (let sample = 0; sample < SIZE; sample += 1) values.push(0, 0, 0, 0, 0, 0, x, 0, z);
        }
      }
    }
    shapes[`${part}_shape`] = [lines.length - 1, SIZE, CHANNELS.length];
    put(folder, `meta_${part}.csv`, `${lines.join("\n")}\n`);
    put(folder, `signals_${part}.f32.gz`, gzipSync(new Uint8Array(Float32Array.from(values).buffer)));
  }
  put(folder, "layout.json", { channels: CHANNELS, labels: { 1: "A", 2: "B" }, ...shapes });
}
