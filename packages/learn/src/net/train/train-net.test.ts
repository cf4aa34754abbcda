import { fork } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { referenceRuntime } from "@tideline/graph";
import { isTidelineError } from "@tideline/spec";
import { describe, expect, test } from "vitest";
import { onnxruntimeNode } from "../../../../pipeline/src/runtime/onnxruntime-node.ts";
import { adam } from "../optimiser/adam.ts";
import { memoryCheckpoint, type CheckpointStore } from "./checkpoint-store.ts";
import { cosineRate, plateauRate } from "./schedule.ts";
import { fileStore } from "./testing/file-store.ts";
import { TOY_NET, toyOptions, toyRows } from "./testing/toy-run.ts";
import { trainNet } from "./train-net.ts";
import type { TrainNetOptions } from "./train-option.ts";

const rows = toyRows(70, 1);
const options = (more: Partial<TrainNetOptions> = {}): TrainNetOptions => ({
  ...toyOptions(onnxruntimeNode),
  ...more,
});

const code = async (promise: Promise<unknown>) =>
  promise.then(
    () => "no error",
    (error: unknown) => (isTidelineError(error) ? error.code : String(error)),
  );

describe("trainNet", () => {
  test("learns, and gives equal bits for equal seeds", async () => {
    const before = structuredClone(rows);
    const one = await trainNet(TOY_NET, rows, options());
    const two = await trainNet(TOY_NET, rows, options());
    expect(two.parameters).toEqual(one.parameters);
    expect(two.curves).toEqual(one.curves);
    expect(one.curves).toHaveLength(6);
    expect(one.curves.at(-1)!.metric).toBeGreaterThan(0.9);
    expect(one.curves.at(-1)!.loss).toBeLessThan(one.curves[0]!.loss / 2);
    expect(rows).toEqual(before);
    expect(Object.isFrozen(one)).toBe(true);
    const other = await trainNet(TOY_NET, rows, options({ seed: 2 }));
    expect(other.parameters).not.toEqual(one.parameters);
  });

  test("takes the steps that the reference kernels take", async () => {
    const few = { epochs: 2, schedule: cosineRate({ warmUp: 0.2 }) };
    const fast = await trainNet(TOY_NET, rows, options(few));
    const slow = await trainNet(TOY_NET, rows, options({ ...few, runtime: referenceRuntime }));
    const off = fast.parameters.map((value, at) => Math.abs(value - slow.parameters[at]!));
    expect(Math.max(...off)).toBeLessThan(1e-4);
  });

  test("goes on after any step as if it had not been interrupted", async () => {
    const whole = await trainNet(TOY_NET, rows, options({ schedule: plateauRate({ patience: 1 }) }));
    const run = options({ checkpoint: memoryCheckpoint(), schedule: plateauRate({ patience: 1 }) });
    // One run, cut after each of its steps: what any of the checkpoints lost would be lost to the end.
    for (let stopAt = 1; stopAt <= 18; stopAt++) {
      const abort = new AbortController();
      const steps: number[] = [];
      const cut = trainNet(TOY_NET, rows, {
        ...run,
        signal: abort.signal,
        onStep({ step }) {
          steps.push(step);
          abort.abort(new Error("power"));
        },
      });
      if (stopAt < 18) await expect(cut).rejects.toThrow("power");
      else await cut;
      expect(steps).toEqual([stopAt]);
    }
    const resumed = await trainNet(TOY_NET, rows, run);
    expect(resumed.parameters).toEqual(whole.parameters);
    expect(resumed.curves).toEqual(whole.curves);
  });

  test("goes on in another process after one that was killed", async () => {
    const whole = await trainNet(TOY_NET, rows, options());
    const folder = mkdtempSync(join(tmpdir(), "checkpoint-"));
    const file = join(folder, "run");
    const child = join(import.meta.dirname, "testing/toy-child.ts");
    try {
      const ended = await new Promise<NodeJS.Signals | null>((resolve) => {
        const process = fork(child, [file], { execArgv: [] });
        process.on("message", (step) => step === 11 && process.kill("SIGKILL"));
        process.on("exit", (_, signal) => resolve(signal));
      });
      expect(ended).toBe("SIGKILL");
      const steps: number[] = [];
      const run = options({ checkpoint: fileStore(file), checkpointEvery: 1 });
      const resumed = await trainNet(TOY_NET, rows, { ...run, onStep: ({ step }) => steps.push(step) });
      expect(steps[0]).toBeGreaterThan(10);
      expect(resumed.parameters).toEqual(whole.parameters);
      expect(resumed.curves).toEqual(whole.curves);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }, 20_000);

  test("refuses a checkpoint of another run, and one that was damaged", async () => {
    const store = memoryCheckpoint();
    await trainNet(TOY_NET, rows, options({ checkpoint: store, epochs: 1 }));
    const again = await trainNet(TOY_NET, rows, options({ checkpoint: store, epochs: 1 }));
    expect(again.curves).toHaveLength(1);
    expect(await code(trainNet(TOY_NET, rows, options({ checkpoint: store, epochs: 1, seed: 9 })))).toBe(
      "ARGUMENT_INVALID",
    );
    expect(await code(trainNet(TOY_NET, toyRows(70, 2), options({ checkpoint: store, epochs: 1 })))).toBe(
      "ARGUMENT_INVALID",
    );
    const bytes = (await store.read())!;
    for (const at of [0, 9, 40, bytes.length >> 1, bytes.length - 1]) {
      const damaged: CheckpointStore = {
        read: async () => bytes.with(at, bytes[at]! ^ 1),
        write: async () => {},
      };
      expect(await code(trainNet(TOY_NET, rows, options({ checkpoint: damaged, epochs: 1 })))).toBe(
        "ARTIFACT_CORRUPT",
      );
    }
  });

  test("stops early with the parameters of the best epoch, and by request", async () => {
    const validation = { ...toyRows(40, 3), weight: new Float32Array(40).fill(1) };
    const early = options({ epochs: 60, validation, earlyStopping: { patience: 2, minDelta: 0.05 } });
    const fitted = await trainNet(TOY_NET, rows, early);
    expect(fitted.ended).toBe("patience");
    expect(fitted.curves).toHaveLength(fitted.epoch + 2);
    const there = await trainNet(
      TOY_NET,
      rows,
      options({
        epochs: 60,
        validation,
        onEpoch: ({ epoch }) => (epoch === fitted.epoch ? "stop" : undefined),
      }),
    );
    expect(there.ended).toBe("stopped");
    expect(there.parameters).toEqual(fitted.parameters);
  });

  test("names the step at which it diverged", async () => {
    const wild = options({ optimiser: adam({ rate: 3e38 }) });
    const failed = trainNet(TOY_NET, rows, wild);
    await expect(failed).rejects.toThrow(/epoch 1, step [23]: expected a finite loss.*Lower the rate/);
    expect(await code(trainNet(TOY_NET, rows, wild))).toBe("TRAINING_DIVERGED");
  });

  test("ignores the filling of the last batch, and weighs classes", async () => {
    // 70 rows of batch 25: without their weight 0 the filling rows would be used twice.
    const doubled = await trainNet(TOY_NET, rows, options({ classWeights: "balanced" }));
    const counts = [0, 1, 2].map(
      (k) => [...rows.target.values].filter((label) => Number(label) === k).length,
    );
    const given = await trainNet(
      TOY_NET,
      rows,
      options({ classWeights: counts.map((count) => 70 / (3 * count)) }),
    );
    expect(
      Math.max(...given.parameters.map((value, at) => Math.abs(value - doubled.parameters[at]!))),
    ).toBeLessThan(1e-6);
    expect(doubled.parameters).not.toEqual((await trainNet(TOY_NET, rows, options())).parameters);
  });

  test("augments buffers, not rows, the same way whenever", async () => {
    const augment: TrainNetOptions["augment"] = ({ inputs }, random) => {
      const values = inputs["x"]!.values as Float32Array;
      for (let at = 0; at < values.length; at++) values[at]! += 0.1 * random.normal();
    };
    const before = structuredClone(rows);
    const one = await trainNet(TOY_NET, rows, options({ augment }));
    const two = await trainNet(TOY_NET, rows, options({ augment }));
    expect(two.parameters).toEqual(one.parameters);
    expect(rows).toEqual(before);
    expect(one.parameters).not.toEqual((await trainNet(TOY_NET, rows, options())).parameters);
  });

  test("says what does not fit", async () => {
    const x = rows.inputs["x"]!;
    const bad = Float32Array.from(x.values as Float32Array).with(7, NaN);
    await expect(
      trainNet(TOY_NET, { ...rows, inputs: { x: { ...x, values: bad } } }, options()),
    ).rejects.toThrow("inputs.x, row 3, column 1: expected a finite number, received NaN");
    await expect(trainNet(TOY_NET, { ...rows, inputs: {} }, options())).rejects.toThrow(
      "inputs.x: expected a column",
    );
    await expect(trainNet(TOY_NET, rows, options({ epochs: 0 }))).rejects.toThrow(
      "epochs: expected an integer",
    );
    await expect(
      trainNet(TOY_NET, rows, { ...options(), metric: "accuracy", validation: undefined } as never),
    ).rejects.toThrow("validation rows");
    expect(await code(trainNet(TOY_NET, { ...rows, weight: new Float32Array(70) }, options()))).toBe(
      "ARGUMENT_INVALID",
    );
  });

  test("reports where it stands", async () => {
    let clock = 0;
    const seen: number[] = [];
    await trainNet(
      TOY_NET,
      rows,
      options({
        epochs: 2,
        now: () => (clock += 1000),
        onEpoch: (_, { step, steps, secondsLeft }) => {
          seen.push(step, steps, secondsLeft);
        },
      }),
    );
    expect(seen.slice(0, 2)).toEqual([3, 6]);
    expect(seen.at(-1)).toBe(0);
  });
});
