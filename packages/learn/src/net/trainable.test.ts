import { referenceRuntime, writeOnnx, type GraphRuntime, type RuntimeTensor } from "@tideline/graph";
import { describe, expect, test } from "vitest";
import { onnxruntimeNode } from "../../../pipeline/src/runtime/onnxruntime-node.ts";
import { seededRandom } from "../random.ts";
import { initialParameters } from "./initial-parameters.ts";
import { zeros } from "./initialiser.ts";
import { relu } from "./layer/activation.ts";
import { batchNorm } from "./layer/batch-norm.ts";
import { conv1d } from "./layer/conv1d.ts";
import { defineLayer } from "./layer/define-layer.ts";
import { dense } from "./layer/dense.ts";
import { dropout } from "./layer/dropout.ts";
import { flatten } from "./layer/flatten.ts";
import { sequential } from "./layer/sequential.ts";
import { entryValues } from "./layout.ts";
import { crossEntropy } from "./loss/cross-entropy.ts";
import type { Net } from "./net.ts";
import { adamw } from "./optimiser/adamw.ts";
import { sgd } from "./optimiser/sgd.ts";
import { netOf, normals } from "./testing/run-net.ts";
import { trainNet } from "./train/train-net.ts";
import type { NetData } from "./train/net-data.ts";
import { trainingStep, type StepGraph } from "./training-step.ts";

const backbone = sequential(
  conv1d({ channels: 4, size: 3 }),
  batchNorm(),
  relu(),
  dropout({ rate: 0.5 }),
  flatten(),
  dense({ units: 8 }),
);
const net = netOf(
  [3, 10],
  sequential(
    defineLayer("backbone", (scope, x) => backbone(scope, x)),
    dropout({ rate: 0.5 }),
    dense({ units: 8, activation: "tanh" }),
    dense({ units: 3 }),
  ),
);
const head = (name: string) => name.startsWith("dense");
const options = { batch: 5, loss: crossEntropy(), optimiser: adamw({ rate: 0.01 }), clip: 1 };

/** What one step gives for the same numbers, whichever of them are trained. */
async function stepped(step: StepGraph, runtime: GraphRuntime) {
  const { parameters, state } = initialParameters(step, 3);
  const floats = (dims: readonly number[], values: Float32Array): RuntimeTensor => ({ dims, values });
  const all: Record<string, RuntimeTensor> = {
    parameters: floats([parameters.length], parameters),
    ...(state.length === 0 ? {} : { state: floats([state.length], state) }),
    ...Object.fromEntries(
      step.slots.map((name) => [name, floats([step.trained.length], new Float32Array(step.trained.length))]),
    ),
    rate: floats([], Float32Array.of(0.01)),
    step: floats([], Float32Array.of(1)),
    x: floats([5, 3, 10], normals(150, 1)),
    target: { dims: [5], values: BigInt64Array.of(0n, 1n, 2n, 1n, 0n) },
    weight: floats([5], Float32Array.of(1, 1, 1, 1, 0)),
    ...Object.fromEntries(
      step.noise.map(({ name, dims }) => {
        const length = dims.reduce((product, dim) => product * dim, 1);
        return [name, floats(dims, new Float32Array(length).fill(0.9))];
      }),
    ),
  };
  const loaded = await runtime.load(writeOnnx(step.model));
  const out = await loaded.run(
    all,
    step.model.graph.outputs.map(({ name }) => name),
  );
  await loaded.release();
  const flat = (name: string) => out[name]!.values as Float32Array;
  return { before: { parameters, state }, after: flat("parameters_next"), flat };
}

/** Rows of three kinds. */
function rows(count: number, seed: number): NetData {
  const random = seededRandom(seed);
  const target = Int32Array.from({ length: count }, (_, at) => at % 3);
  const values = Float32Array.from(
    { length: count * 30 },
    (_, at) => 0.5 * random.normal() + (Math.floor((at % 30) / 10) === target[Math.floor(at / 30)] ? 1 : 0),
  );
  return { rows: count, inputs: { x: { dims: [3, 10], values } }, target: { dims: [], values: target } };
}

const train = {
  runtime: onnxruntimeNode,
  loss: crossEntropy(),
  optimiser: adamw({ rate: 0.01 }),
  epochs: 2,
  batch: 16,
};

describe("a step that trains some parameters", () => {
  test.each([onnxruntimeNode, referenceRuntime])(
    "keeps every bit of the others, and the statistics of frozen layers: $name",
    async (runtime) => {
      const step = trainingStep(net, { ...options, trainable: head });
      const { before, after, flat } = await stepped(step, runtime);
      for (const entry of step.parameters.entries) {
        const [old, now] = [entryValues(before.parameters, entry), entryValues(after, entry)];
        if (head(entry.name)) expect(now).not.toEqual(old);
        else expect(now).toEqual(old);
      }
      expect(flat("state_next")).toEqual(before.state);
      expect(step.states.entries).toHaveLength(2);
      expect(step.trained.entries.map(({ name }) => name)).toEqual([
        "dense1/weight",
        "dense1/bias",
        "dense2/weight",
        "dense2/bias",
      ]);
    },
  );

  test("moves what is trained as a step that trains everything", async () => {
    // A net without dropout and running numbers, whose frozen layers are the same while training.
    const plain = netOf(
      [3, 10],
      sequential(conv1d({ channels: 4, size: 3 }), flatten(), dense({ units: 3 })),
    );
    const own = { batch: 5, loss: crossEntropy(), optimiser: sgd({ rate: 0.01, momentum: 0.9 }) };
    for (const trainable of [
      (name: string) => name.endsWith("bias"),
      (name: string) => name.endsWith("weight"),
      (name: string) => name.startsWith("conv1d"),
    ]) {
      const everything = await stepped(trainingStep(plain, own), onnxruntimeNode);
      const step = trainingStep(plain, { ...own, trainable });
      const some = await stepped(step, onnxruntimeNode);
      expect(some.flat("loss")).toEqual(everything.flat("loss"));
      for (const entry of step.parameters.entries) {
        const expected = trainable(entry.name) ? everything.after : everything.before.parameters;
        expect(entryValues(some.after, entry)).toEqual(entryValues(expected, entry));
      }
    }
  });

  test("writes no gradient for what is frozen", () => {
    const nodes = (trainable?: (name: string) => boolean) =>
      trainingStep(net, { ...options, ...(trainable && { trainable }) }).model.graph.nodes;
    const [all, some, last] = [nodes(), nodes(head), nodes((name) => name.startsWith("dense2"))];
    expect(some.length).toBeLessThan(0.8 * all.length);
    expect(last.length).toBeLessThan(some.length);
    // A batch norm that is frozen uses its running numbers, and the dropout of the backbone is gone.
    expect(some.filter(({ op }) => op === "BatchNormalization")).toHaveLength(1);
    expect(trainingStep(net, options).noise).toHaveLength(2);
    expect(trainingStep(net, { ...options, trainable: head }).noise).toHaveLength(1);
    // Nothing frozen: the same bytes as without the option.
    expect(writeOnnx(trainingStep(net, { ...options, trainable: () => true }).model)).toEqual(
      writeOnnx(trainingStep(net, options).model),
    );
  });

  test.each([onnxruntimeNode, referenceRuntime])("keeps a single running number: $name", async (runtime) => {
    const counting = defineLayer("counting", (scope, x) => {
      const count = scope.state("count", [1], 7);
      count.update(scope.g.op("Add", [count.value, scope.g.scalar(1)]));
      return scope.g.op("Add", [x, scope.parameter("shift", [1], zeros)]);
    });
    const one = netOf([3, 10], sequential(counting, flatten(), dense({ units: 3 })));
    for (const [trainable, next] of [
      [() => true, 8],
      [head, 7],
    ] as const) {
      const step = trainingStep(one, { ...options, trainable });
      expect((await stepped(step, runtime)).flat("state_next")).toEqual(Float32Array.of(next));
    }
  });

  test("freezes a batch norm by its own parameters, wherever others lie", async () => {
    const [norm, flat, first, last] = [batchNorm(), flatten(), dense({ units: 3 }), dense({ units: 3 })];
    const form = [{ name: "x", elementType: "float32" as const, dims: [3, 10] }];
    const forwards: readonly Net["forward"][] = [
      (scope, { x }) => last(scope.within("head"), flat(scope, norm(scope, x!))),
      (scope, { x }) => {
        const inner = scope.within("block");
        return last(scope.within("head"), first(inner.within("head"), flat(inner, norm(inner, x!))));
      },
    ];
    const parts = ["scale", "bias"];
    const own = (name: string) => parts.includes(name) || parts.some((part) => name === `block/${part}`);
    for (const forward of forwards)
      for (const [trainable, kept] of [
        [(name: string) => name.includes("head"), true],
        [own, false],
      ] as const) {
        const step = trainingStep({ inputs: form, forward }, { ...options, trainable });
        const { before, flat: out } = await stepped(step, referenceRuntime);
        if (kept) expect(out("state_next")).toEqual(before.state);
        else expect(out("state_next")).not.toEqual(before.state);
      }
  });

  test("wants something to train", () => {
    expect(() => trainingStep(net, { ...options, trainable: () => false })).toThrow(
      "at least one parameter to train, received none",
    );
  });
});

describe("training further", () => {
  test("begins with given numbers, leaves them alone, and keeps the frozen ones to the end", async () => {
    const first = await trainNet(net, rows(60, 1), train);
    const kept = { parameters: first.parameters.slice(), state: first.state.slice() };
    const tuned = await trainNet(net, rows(30, 2), { ...train, initial: first, trainable: head });
    expect({ parameters: first.parameters, state: first.state }).toEqual(kept);
    expect(tuned.state).toEqual(first.state);
    expect(tuned.layout).toEqual(first.layout);
    for (const entry of tuned.layout.entries) {
      const same = expect(entryValues(tuned.parameters, entry));
      if (head(entry.name)) same.not.toEqual(entryValues(first.parameters, entry));
      else same.toEqual(entryValues(first.parameters, entry));
    }
    const again = await trainNet(net, rows(30, 2), { ...train, initial: first, trainable: head });
    expect(again.parameters).toEqual(tuned.parameters);
  });

  test("goes on after an interruption, and only from the same numbers", async () => {
    const initial = await trainNet(net, rows(60, 1), train);
    const whole = await trainNet(net, rows(40, 2), { ...train, initial, trainable: head });
    let kept: Uint8Array | undefined;
    const checkpoint = {
      read: async () => kept,
      write: async (bytes: Uint8Array) => void (kept = bytes),
    };
    const abort = new AbortController();
    const run = { ...train, initial, trainable: head, checkpoint };
    const cut = trainNet(net, rows(40, 2), {
      ...run,
      signal: abort.signal,
      onStep: ({ step }) => step === 2 && abort.abort(new Error("power")),
    });
    await expect(cut).rejects.toThrow("power");
    const others = { ...initial, state: initial.state.map((value) => value + 1) };
    await expect(trainNet(net, rows(40, 2), { ...run, initial: others })).rejects.toThrow("one of this run");
    await expect(trainNet(net, rows(40, 2), { ...run, trainable: () => true })).rejects.toThrow(
      "one of this run",
    );
    expect((await trainNet(net, rows(40, 2), run)).parameters).toEqual(whole.parameters);
  });

  test("refuses the numbers of another net", async () => {
    const { parameters, state } = initialParameters(trainingStep(net, options), 1);
    const begin = (initial: { parameters: Float32Array; state: Float32Array }) =>
      trainNet(net, rows(10, 1), { ...train, initial });
    await expect(begin({ parameters: parameters.slice(1), state })).rejects.toThrow(
      `parameters: expected ${parameters.length} finite numbers`,
    );
    await expect(begin({ parameters, state: new Float32Array(0) })).rejects.toThrow("state: expected 8");
    await expect(begin({ parameters: parameters.with(0, NaN), state })).rejects.toThrow(
      'received NaN in "backbone1/conv1d1/weight"',
    );
  });
});
