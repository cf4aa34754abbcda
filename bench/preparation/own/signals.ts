import { readFileSync } from "node:fs";
import { join } from "node:path";
import { windowFeatures } from "@tideline/learn/transform";
import type { Signals } from "@tideline/spec";
import { ownCase } from "../own-case.ts";

const channels = ["c0", "c1", "c2", "c3", "c4", "c5"];

/** As `peer_signals.py` has them. */
const signals: Signals = {
  channels,
  derived: {},
  features: [
    {
      kind: "statistics",
      channels,
      statistics: ["mean", "log_std", "max", "min", "log_jerk", "mean_absolute_deviation"],
    },
    { kind: "spectrum", channels, edges: [1, 2, 4, 8, 12, 16, 24, 32, 64], taper: "hann" },
  ],
};

function sumOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let at = 0; at < values.length; at++) sum += Math.abs(values[at]!);
  return sum;
}

/** Statistics and band powers of windows of 128 samples. */
export const own = ownCase({
  async load(folder) {
    const { buffer } = readFileSync(join(folder, "windows.f32"));
    return new Float32Array(buffer);
  },
  run: async (windows) => windowFeatures(windows, 128, signals, { keep: "float32" }),
  digest: ({ names, values }) => ({
    width: names.length,
    rows: values.length / names.length,
    sum: sumOf(values),
  }),
});
