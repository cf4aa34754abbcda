import { closeSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import { windowFeaturesOf } from "@tideline/learn/transform/sensor";
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

const SIZE = 128;
/** Windows of a piece: as many as the peer takes at a time. */
const PIECE = 4096;

/** A file of windows, piece by piece, each in the memory of the one before. */
function* piecesOf(path: string): Generator<Float32Array> {
  const piece = new Float32Array(PIECE * SIZE * channels.length);
  const bytes = new Uint8Array(piece.buffer);
  const file = openSync(path, "r");
  try {
    for (;;) {
      let filled = 0;
      for (let read = -1; read !== 0 && filled < bytes.length; filled += read)
        read = readSync(file, bytes, filled, bytes.length - filled, null);
      if (filled === 0) return;
      yield piece.subarray(0, filled / piece.BYTES_PER_ELEMENT);
    }
  } finally {
    closeSync(file);
  }
}

/** Statistics and band powers of windows of 128 samples. Ours are read within the job, a piece at a time; the peer's lie in memory. */
export const own = ownCase({
  load: async (folder, rows) => ({ path: join(folder, "windows.f32"), rows }),
  async run({ path, rows }) {
    let [made, at] = [new Float32Array(0), 0];
    let names: readonly string[] = [];
    for await (const piece of windowFeaturesOf(piecesOf(path), SIZE, signals, { keep: "float32" })) {
      if (at === 0) [names, made] = [piece.names, new Float32Array(rows * piece.names.length)];
      made.set(piece.values, at);
      at += piece.values.length;
    }
    return { names, values: made.subarray(0, at) };
  },
  digest: ({ names, values }) => ({
    width: names.length,
    rows: values.length / names.length,
    sum: sumOf(values),
  }),
});
