import { referenceRuntime, type GraphRuntime } from "@tideline/graph";
import { describe, expect, test } from "vitest";
import { onnxruntimeNode } from "../../../../pipeline/src/runtime/onnxruntime-node.ts";
import { onnxruntimeWeb } from "../../../../pipeline/src/runtime/onnxruntime-web.ts";
import { batchNorm } from "../layer/batch-norm.ts";
import { channelsFirst } from "../layer/channel-order.ts";
import { conv1d } from "../layer/conv1d.ts";
import { dense } from "../layer/dense.ts";
import { dropout } from "../layer/dropout.ts";
import { globalMaxPool } from "../layer/global-pool.ts";
import { gru } from "../layer/gru.ts";
import { sequential } from "../layer/sequential.ts";
import { crossEntropy } from "../loss/cross-entropy.ts";
import type { Layer, Net } from "../net.ts";
import { adamw } from "../optimiser/adamw.ts";
import { sgd } from "../optimiser/sgd.ts";
import { trainingStep } from "../training-step.ts";
import { memoryCheckpoint } from "./checkpoint-store.ts";
import { constantRate, plateauRate } from "./schedule.ts";
import { stepsPerRun } from "./steps-per-run.ts";
import { TOY_NET, toyOptions, toyRows } from "./testing/toy-run.ts";
import { trainNet } from "./train-net.ts";
import type { TrainNetOptions } from "./train-option.ts";

const series = (layer: Layer): Net => ({
  inputs: [{ name: "x", elementType: "float32", dims: [6, 2] }],
  forward: (scope, { x }) => layer(scope, x!),
});
const NETS: Readonly<Record<string, Net>> = {
  toy: TOY_NET,
  convolution: series(
    sequential(
      channelsFirst(),
      conv1d({ channels: 4, size: 3, padding: "same", bias: false }),
      batchNorm(),
      globalMaxPool(),
      dropout({ rate: 0.2 }),
      dense({ units: 3 }),
    ),
  ),
  recurrent: series(sequential(gru({ units: 3 }), dense({ units: 3 }))),
};

/** 7 steps an epoch, the last batch not full. */
const rows = toyRows(170, 1);
const dataOf = (name: string) => {
  if (name === "toy") return rows;
  const values = Float32Array.from({ length: 170 * 12 }, (_, at) => Math.sin(at * at));
  return { ...rows, inputs: { x: { dims: [6, 2], values } } };
};

async function trained(name: string, runtime: GraphRuntime, more: Partial<TrainNetOptions>) {
  const losses: (readonly [number, number, number])[] = [];
  const { validation: _, metric: __, ...options } = toyOptions(runtime);
  const { parameters, state, curves } = await trainNet(NETS[name]!, dataOf(name), {
    ...options,
    epochs: 2,
    optimiser: adamw({ rate: 0.03, decay: 0.1 }),
    clip: 1,
    ...more,
    onStep: ({ step, loss, rate }) => losses.push([step, loss, rate]),
  });
  return { parameters, state, curves, losses };
}

describe("several steps in one call give the bits of one after the other", () => {
  test.each(Object.keys(NETS))("%s", async (name) => {
    const single = await trained(name, onnxruntimeNode, { stepsPerRun: 1 });
    expect(single.losses).toHaveLength(14);
    for (const count of [2, 3, 50])
      expect(await trained(name, onnxruntimeNode, { stepsPerRun: count })).toEqual(single);
  });

  test("in a browser's runtime", async () => {
    const single = await trained("toy", onnxruntimeWeb, { stepsPerRun: 1 });
    expect(await trained("toy", onnxruntimeWeb, { stepsPerRun: 3 })).toEqual(single);
  });

  test("but for the reference runtime, which rounds where a call ends", async () => {
    const single = await trained("toy", referenceRuntime, { stepsPerRun: 1 });
    const many = await trained("toy", referenceRuntime, { stepsPerRun: 4 });
    const off = single.parameters.map((value, at) => Math.abs(value - many.parameters[at]!));
    expect(Math.max(...off)).toBeLessThan(1e-5);
    expect(await trained("toy", referenceRuntime, { stepsPerRun: 4 })).toEqual(many);
  });

  test("and runs that are cut between calls go on", async () => {
    const schedule = plateauRate({ patience: 1 });
    const whole = await trained("toy", onnxruntimeNode, { stepsPerRun: 1, schedule });
    const stops: number[] = [];
    for (const checkpointEvery of [undefined, 2, 4]) {
      const checkpoint = memoryCheckpoint();
      const every = checkpointEvery === undefined ? {} : { checkpointEvery };
      const run = { stepsPerRun: 3, schedule, checkpoint, ...every };
      for (let cut = true; cut;) {
        const abort = new AbortController();
        const { validation: _, metric: __, ...options } = toyOptions(onnxruntimeNode);
        const running = trainNet(TOY_NET, rows, {
          ...options,
          epochs: 2,
          optimiser: adamw({ rate: 0.03, decay: 0.1 }),
          clip: 1,
          ...run,
          signal: abort.signal,
          onStep({ step }) {
            stops.push(step);
            abort.abort(new Error("power"));
          },
        });
        cut = await running.then(
          () => false,
          (error: Error) => error.message === "power",
        );
      }
      const { parameters, curves } = await trained("toy", onnxruntimeNode, run);
      expect({ parameters, curves }).toEqual({ parameters: whole.parameters, curves: whole.curves });
    }
    // Every step once for each of the three stores.
    expect(stops).toHaveLength(3 * 14);
  });
});

test("a step that diverges within a call is named", async () => {
  const schedule = { ...constantRate(), rate: ({ step }: { step: number }) => (step === 3 ? 3e38 : 0.1) };
  const broken = trained("toy", onnxruntimeNode, { stepsPerRun: 7, schedule, optimiser: sgd({ rate: 0.1 }) });
  await expect(broken).rejects.toThrow(/epoch 1, step 5: expected a finite loss.*TRAINING_DIVERGED/);
});

test("what is left of a run is told by the pace of whole calls", async () => {
  let seconds = 0;
  const counted: GraphRuntime = {
    name: onnxruntimeNode.name,
    async load(bytes, options) {
      const graph = await onnxruntimeNode.load(bytes, options);
      return {
        ...graph,
        run(inputs, outputs) {
          seconds += outputs.filter((name) => name.startsWith("loss")).length;
          return graph.run(inputs, outputs);
        },
      };
    },
  };
  const left: number[] = [];
  const { validation: _, metric: __, ...options } = toyOptions(counted);
  await trainNet(TOY_NET, rows, {
    ...options,
    epochs: 2,
    stepsPerRun: 3,
    now: () => 1000 * seconds,
    onStep: ({ secondsLeft }) => left.push(secondsLeft),
  });
  // Every step takes a second: after the first call of three 13, 12 and 11 of 14 are left.
  expect(left).toEqual([13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0]);
});

test("inputs may be called what objects inherit", async () => {
  const layer = dense({ units: 3 });
  const net: Net = {
    inputs: [{ name: "constructor", elementType: "float32", dims: [2] }],
    forward: (scope, inputs) => layer(scope, inputs["constructor"]!),
  };
  const own = { ...rows, inputs: { constructor: rows.inputs["x"]! } };
  const { validation: _, metric: __, ...options } = toyOptions(onnxruntimeNode);
  await expect(trainNet(net, own, { ...options, epochs: 1, stepsPerRun: 4 })).resolves.toBeDefined();
});

test("a number of steps that is none is refused", async () => {
  await expect(trained("toy", onnxruntimeNode, { stepsPerRun: 0 })).rejects.toThrow(
    "stepsPerRun: expected an integer",
  );
});

describe("stepsPerRun", () => {
  const stepOf = (units: number, width: number) => {
    const layer = dense({ units });
    const net: Net = {
      inputs: [{ name: "x", elementType: "float32", dims: [width] }],
      forward: (scope, { x }) => layer(scope, x!),
    };
    return trainingStep(net, { batch: 64, loss: crossEntropy(), optimiser: sgd({ rate: 0.1 }) });
  };

  test("puts many steps of a small net into one call, and no more than an epoch has", () => {
    expect(stepsPerRun(stepOf(2, 9), { perEpoch: 100, epochs: 10 })).toBe(8);
    expect(stepsPerRun(stepOf(2, 9), { perEpoch: 3, epochs: 100 })).toBe(3);
  });

  test("leaves steps alone of short runs and of large batches", () => {
    expect(stepsPerRun(stepOf(2, 9), { perEpoch: 10, epochs: 5 })).toBe(1);
    expect(stepsPerRun(stepOf(2, 10_000), { perEpoch: 100, epochs: 10 })).toBe(3);
    expect(stepsPerRun(stepOf(2, 40_000), { perEpoch: 100, epochs: 10 })).toBe(1);
    expect(stepsPerRun(stepOf(4_000, 90), { perEpoch: 100, epochs: 10 })).toBe(1);
  });
});
