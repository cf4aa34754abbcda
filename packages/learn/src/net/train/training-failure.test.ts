import type { GraphRuntime } from "@tideline/graph";
import { describe, expect, test } from "vitest";
import { onnxruntimeNode } from "../../../../pipeline/src/runtime/onnxruntime-node.ts";
import { dense } from "../layer/dense.ts";
import { sgd } from "../optimiser/sgd.ts";
import { netOf } from "../testing/run-net.ts";
import { constantRate } from "./schedule.ts";
import { TOY_NET, toyOptions, toyRows } from "./testing/toy-run.ts";
import { trainNet } from "./train-net.ts";
import type { TrainNetOptions } from "./train-option.ts";

const rows = toyRows(30, 1);
const train = (more: object) =>
  trainNet(TOY_NET, rows, { ...toyOptions(onnxruntimeNode), epochs: 2, ...more } as TrainNetOptions);

describe("trainNet gives back no model", () => {
  test("that was taught nothing", async () => {
    const augment: TrainNetOptions["augment"] = ({ weight }) => void (weight.values as Float32Array).fill(0);
    await expect(train({ augment })).rejects.toThrow(/augment, epoch 1: expected a row with a weight/);
    const broken: TrainNetOptions["augment"] = ({ weight }) => void (weight.values as Float32Array).fill(NaN);
    await expect(train({ augment: broken })).rejects.toThrow(/augment, epoch 1, step 1: expected weights/);
  });

  test.each([NaN, -1, Infinity, 1e39])("that a rate of %s led", async (rate) => {
    const schedule = { ...constantRate(), rate: ({ step }: { step: number }) => (step === 2 ? rate : 0.1) };
    await expect(train({ schedule })).rejects.toThrow("schedule, epoch 2, step 1: expected a finite rate");
  });

  const linear = netOf([2], dense({ units: 3 }));
  const filled = (value: number) => ({ x: { dims: [2], values: new Float32Array(60).fill(value) } });

  test("whose numbers are none, be it after its last step", async () => {
    // One step: its loss and its gradient are still finite, the parameters that it leaves are not.
    const { validation: _, metric: __, ...options } = toyOptions(onnxruntimeNode);
    const one = { ...options, epochs: 1, batch: 30, optimiser: sgd({ rate: 3e38 }) };
    const failed = trainNet(linear, { ...rows, inputs: filled(100) }, one);
    await expect(failed).rejects.toThrow(/epoch 1: expected finite parameters.*TRAINING_DIVERGED/);
  });

  test("when the loss of its validation rows is no number", async () => {
    const options = { ...toyOptions(onnxruntimeNode), validation: { ...rows, inputs: filled(3e38) } };
    await expect(trainNet(linear, rows, options)).rejects.toThrow("a finite loss of the validation rows");
  });
});

test.each([
  [{ classWeights: "auto" }, /classWeights: expected one of balanced, or a list, received "auto"/],
  [{ classWeights: { a: 1 } }, /classWeights: .*received {"a":1}/],
  [{ classWeights: [1, 2] }, /classWeights: expected 3 weights, one for each class, received 2/],
  [{ metric: "f1" }, /metric: expected one of accuracy, macroF1, .* received "f1"/],
  [{ keep: "first" }, /keep: expected one of best, last, received "first"/],
  [{ earlyStopping: { patience: 1, monitor: "f1" } }, /monitor: expected one of loss, metric, received "f1"/],
])("names an option that makes no sense: %j", async (more, says) => {
  await expect(train(more)).rejects.toThrow(says);
});

describe("sessions of the runtime", () => {
  function counting(failing: "run" | "release" | "none") {
    let open = 0;
    const runtime: GraphRuntime = {
      name: onnxruntimeNode.name,
      async load(bytes, options) {
        const loaded = await onnxruntimeNode.load(bytes, options);
        open += 1;
        return {
          ...loaded,
          run: (...fed) => (failing === "run" ? Promise.reject(new Error("no run")) : loaded.run(...fed)),
          async release() {
            open -= 1;
            await loaded.release();
            if (failing === "release") throw new Error("no release");
          },
        };
      },
    };
    return { runtime, left: () => open };
  }

  test("are released whatever fails, and the first failure is told", async () => {
    for (const failing of ["run", "release"] as const) {
      const { runtime, left } = counting(failing);
      await expect(train({ runtime })).rejects.toThrow(`no ${failing}`);
      expect(left()).toBe(0);
    }
  });

  test("compute on one thread unless the options say otherwise", async () => {
    const seen: unknown[] = [];
    const runtime: GraphRuntime = {
      name: "onnxruntime-node",
      load: (bytes, options) => (seen.push(options?.threads), onnxruntimeNode.load(bytes, options)),
    };
    await train({ runtime, load: { provider: "cpu" }, epochs: 1 });
    expect(seen).toEqual([1, 1]);
  });
});
