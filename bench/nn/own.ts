import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { adam, crossEntropy, trainingStep } from "../../packages/learn/src/net/index.ts";
import { batchFeeder, epochOrder, naturalOrder } from "../../packages/learn/src/net/train/batch-feeder.ts";
import { stepRunner } from "../../packages/learn/src/net/train/step-runner.ts";
import { stepSlots } from "../../packages/learn/src/net/train/step-slot.ts";
import { stepsPerRun } from "../../packages/learn/src/net/train/steps-per-run.ts";
import { onnxruntimeNode } from "../../packages/pipeline/src/runtime/onnxruntime-node.ts";
import { NN_CASES } from "./case.ts";
import { residentBytes } from "../side/memory.ts";
import type { ChildCall, ChildReply, OpenCall } from "./message.ts";

/** Epochs of a run by which `trainNet` would settle how many steps go into one call. */
const EPOCHS = 50;

/** Our side of the comparison: training steps in onnxruntime-node as `trainNet` runs them, a fresh batch for each. */
interface Training {
  losses(steps: number): Promise<number[]>;
  run(steps: number): Promise<{ losses: number[]; seconds: number[] }>;
}

async function open(call: OpenCall): Promise<Training> {
  const { net, batch } = NN_CASES.find(({ name }) => name === call.case)!;
  const step = trainingStep(net, { batch, loss: crossEntropy(), optimiser: adam({ rate: 1e-3 }) });
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
  const given = readFileSync(call.parameters);
  const first = new Float32Array(given.buffer.slice(given.byteOffset, given.byteOffset + given.length));
  if (first.length !== step.parameters.length)
    throw new Error(`${call.case}: ${step.parameters.length} parameters, the peer has ${first.length}`);

  const perEpoch = Math.floor(call.rows / batch);
  const longest = stepsPerRun(step, { perEpoch, epochs: EPOCHS });
  const runner = await stepRunner(step, onnxruntimeNode, { threads: call.threads }, longest);
  const [slots] = stepSlots(step, feeder, longest);
  let tensors: Record<string, Float32Array> = {};
  let done = 0;
  const reset = (): void => {
    tensors = Object.fromEntries(step.slots.map((name) => [name, new Float32Array(first.length)]));
    tensors["parameters"] = first;
    done = 0;
  };
  /** Steps in one call, of the rows from `start` on. */
  const train = async (order: Int32Array, start: number, count: number): Promise<number[]> => {
    const used = slots.slice(0, count);
    for (const [at, { batch: into, feeds }] of used.entries()) {
      feeder.fill(into, order, start + at * batch);
      (feeds["rate"]!.values as Float32Array)[0] = 1e-3;
      (feeds["step"]!.values as Float32Array)[0] = ++done;
    }
    const run = await runner.run(used, tensors);
    tensors = run.tensors;
    return run.outcomes.map(({ loss }) => loss);
  };
  reset();
  let epoch = 0;
  let index = 0;
  let order: Int32Array = epochOrder(call.rows, 1, epoch);
  return {
    async losses(steps) {
      reset();
      const losses: number[] = [];
      const natural = naturalOrder(call.rows);
      // In calls as long as those that are timed: what is compared is what runs.
      while (losses.length < steps) losses.push(...(await train(natural, losses.length * batch, longest)));
      return losses.slice(0, steps);
    },
    async run(steps) {
      const losses: number[] = [];
      const seconds: number[] = [];
      while (losses.length < steps) {
        const started = performance.now();
        if (index === perEpoch) {
          epoch += 1;
          index = 0;
          order = epochOrder(call.rows, 1, epoch);
        }
        const count = Math.min(perEpoch - index, steps - losses.length) >= longest ? longest : 1;
        losses.push(...(await train(order, index * batch, count)));
        index += count;
        const each = (performance.now() - started) / 1000 / count;
        for (let at = 0; at < count; at += 1) seconds.push(each);
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
