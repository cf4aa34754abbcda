import { describe, expect, test } from "vitest";
import { onnxruntimeNode } from "../../../../pipeline/src/runtime/onnxruntime-node.ts";
import { memoryCheckpoint } from "./checkpoint-store.ts";
import { readCheckpoint, writeCheckpoint, type Checkpoint } from "./checkpoint.ts";
import { fingerprint } from "./fingerprint.ts";
import type { NetMetric } from "./net-metric.ts";
import { TOY_NET, toyOptions, toyRows } from "./testing/toy-run.ts";
import { trainNet } from "./train-net.ts";

const checkpoint: Checkpoint = {
  run: "a run",
  epoch: 3,
  index: 0,
  lossSum: -0,
  weightSum: 5e-324,
  gradientNorm: Infinity,
  curves: [{ epoch: 1, loss: 0.1, rate: -Infinity, gradientNorm: 1e300, metric: NaN }],
  tensors: { parameters: Float32Array.of(1, NaN, -0), m: new Float32Array(3) },
  best: { parameters: Float32Array.of(2, 3, 4) },
};

describe("checkpoints", () => {
  test("hold every number as it was, those that JSON has not too", () => {
    expect(readCheckpoint(writeCheckpoint(checkpoint))).toEqual(checkpoint);
  });

  test("of another version are refused, with what to do", () => {
    const bytes = writeCheckpoint(checkpoint);
    const end = bytes.length - 32;
    for (const version of [1, 9]) {
      new DataView(bytes.buffer).setUint32(4, version, true);
      bytes.set(new TextEncoder().encode(fingerprint().add(bytes.subarray(0, end)).hex()), end);
      expect(() => readCheckpoint(bytes)).toThrow(/version: expected 2, received [19].*begin the run anew/);
    }
  });

  test("let a run go on that saw a metric of NaN, and one whose options say the default", async () => {
    const rows = toyRows(30, 1);
    const metric: NetMetric = { name: "none", better: "higher", of: () => NaN };
    const options = { ...toyOptions(onnxruntimeNode), epochs: 3, metric };
    const whole = await trainNet(TOY_NET, rows, options);
    const store = memoryCheckpoint();
    const abort = new AbortController();
    const cut = trainNet(TOY_NET, rows, {
      ...options,
      checkpoint: store,
      signal: abort.signal,
      onEpoch: ({ epoch }) => void (epoch === 2 && abort.abort(new Error("power"))),
    });
    await expect(cut).rejects.toThrow("power");
    const resumed = await trainNet(TOY_NET, rows, { ...options, checkpoint: store, load: { threads: 1 } });
    expect(resumed.curves).toEqual(whole.curves);
    expect(resumed.parameters).toEqual(whole.parameters);
  });
});
