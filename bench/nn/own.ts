import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { float32Values, writeOnnx, type LoadedGraph, type RuntimeTensor } from "@tideline/graph";
import { adam, crossEntropy, trainingStep } from "../../packages/learn/src/net/index.ts";
import {
  batchFeeder,
  epochOrder,
  naturalOrder,
  type Batch,
} from "../../packages/learn/src/net/train/batch-feeder.ts";
import { onnxruntimeNode } from "../../packages/pipeline/src/runtime/onnxruntime-node.ts";
import { NN_CASES } from "./case.ts";
import { residentBytes } from "./memory.ts";
import type { ChildCall, ChildReply, OpenCall } from "./message.ts";

/** Our side of the comparison: a training step in onnxruntime-node, a fresh batch gathered for each. */
interface Training {
  losses(steps: number): Promise<number[]>;
  run(steps: number): Promise<{ losses: number[]; seconds: number[] }>;
}

async function open(call: OpenCall): Promise<Training> {
  const { net, batch } = NN_CASES.find(({ name }) => name === call.case)!;
  const step = trainingStep(net, { batch, loss: crossEntropy(), optimiser: adam({ rate: 1e-3 }) });
  const graph: LoadedGraph = await onnxruntimeNode.load(writeOnnx(step.model), { threads: call.threads });
  const width = call.dims.reduce((product, dim) => product * dim, 1);
  const bytes = readFileSync(call.data);
  const at = call.rows * width * 4;
  const rows = new Float32Array(bytes.buffer, bytes.byteOffset, call.rows * width);
  const classes = new BigInt64Array(
    bytes.buffer.slice(bytes.byteOffset + at, bytes.byteOffset + bytes.length),
  );
  const data = {
    rows: call.rows,
    inputs: { x: { dims: call.dims, values: rows } },
    target: { dims: [], values: Int32Array.from(classes, Number) },
  };
  const feeder = batchFeeder(data, new Float32Array(call.rows).fill(1), batch, step);
  const buffers: Batch = feeder.make();
  const given = readFileSync(call.parameters);
  const first = new Float32Array(given.buffer.slice(given.byteOffset, given.byteOffset + given.length));
  if (first.length !== step.parameters.length)
    throw new Error(`${call.case}: ${step.parameters.length} parameters, the peer has ${first.length}`);

  const names = ["parameters", ...step.slots];
  const wanted = [...names.map((name) => `${name}_next`), "loss"];
  const flat = (values: Float32Array): RuntimeTensor => ({ dims: [values.length], values });
  const rate = { dims: [], values: Float32Array.of(1e-3) };
  const count = { dims: [], values: new Float32Array(1) };
  const fixed = { ...buffers.inputs, target: buffers.target, weight: buffers.weight, rate, step: count };
  let state: Record<string, RuntimeTensor> = {};
  const reset = (): void => {
    state = Object.fromEntries(names.map((name) => [name, flat(new Float32Array(first.length))]));
    state["parameters"] = flat(first);
    count.values[0] = 0;
  };
  const train = async (order: Int32Array, start: number): Promise<number> => {
    feeder.fill(buffers, order, start);
    count.values[0]! += 1;
    const out = await graph.run({ ...fixed, ...state }, wanted);
    state = Object.fromEntries(names.map((name) => [name, out[`${name}_next`]!]));
    return float32Values(out, "loss")[0]!;
  };
  reset();
  const perEpoch = Math.floor(call.rows / batch);
  let epoch = 0;
  let index = 0;
  let order: Int32Array = epochOrder(call.rows, 1, epoch);
  return {
    async losses(steps) {
      reset();
      const losses: number[] = [];
      const natural = naturalOrder(call.rows);
      for (let at = 0; at < steps; at += 1) losses.push(await train(natural, at * batch));
      return losses;
    },
    async run(steps) {
      const losses: number[] = [];
      const seconds: number[] = [];
      for (let at = 0; at < steps; at += 1) {
        const started = performance.now();
        if (index === perEpoch) {
          epoch += 1;
          index = 0;
          order = epochOrder(call.rows, 1, epoch);
        }
        losses.push(await train(order, index * batch));
        index += 1;
        seconds.push((performance.now() - started) / 1000);
      }
      return { losses, seconds };
    },
  };
}

// The library and its native part, before anything is built.
await import("onnxruntime-node");
const imported = residentBytes("VmRSS");
let training: Training | undefined;
for await (const line of createInterface({ input: process.stdin })) {
  const call = JSON.parse(line) as ChildCall;
  let reply: ChildReply[ChildCall["do"]];
  if (call.do === "open") {
    training = await open(call);
    reply = { version: `node ${process.version}`, imported };
  } else if (call.do === "losses") reply = { losses: await training!.losses(call.steps) };
  else {
    const before = process.cpuUsage();
    const { losses, seconds } = await training!.run(call.steps);
    const { user, system } = process.cpuUsage(before);
    reply = {
      seconds,
      cpu: (user + system) / 1e6,
      first: losses[0]!,
      last: losses.at(-1)!,
      peak: residentBytes("VmHWM"),
    };
  }
  process.stdout.write(`${JSON.stringify(reply)}\n`);
}
