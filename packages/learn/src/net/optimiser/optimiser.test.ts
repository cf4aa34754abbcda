import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Clip } from "../clip-gradient.ts";
import { tanh } from "../layer/activation.ts";
import { dense } from "../layer/dense.ts";
import { sequential } from "../layer/sequential.ts";
import { mse } from "../loss/mse.ts";
import { feedsOf, netOf, run } from "../testing/run-net.ts";
import { onnxruntimeSession } from "../testing/run-onnxruntime.ts";
import { trainingStep, type StepGraph } from "../training-step.ts";
import { adam } from "./adam.ts";
import { optimiserFrom, type OptimiserConfiguration } from "./registry.ts";
import { sgd } from "./sgd.ts";

interface Case {
  readonly name: string;
  readonly kind: "sgd" | "adam" | "adamw";
  readonly options: Readonly<Record<string, number | boolean>>;
  readonly clip: Clip;
  readonly rates: readonly number[];
  readonly after: Readonly<Record<string, readonly number[]>>;
}

const path = join(import.meta.dirname, "../../../../../vectors/learn/optimiser.json");
const { x, target, parameters, cases } = JSON.parse(readFileSync(path, "utf8")) as {
  readonly x: number[];
  readonly target: number[];
  readonly parameters: number[];
  readonly cases: readonly Case[];
};
const net = netOf([3], sequential(dense({ units: 4 }), tanh(), dense({ units: 2 })));
const state = new Float32Array(0);

function stepOf({ kind, options, clip }: Case): StepGraph {
  const optimiser = optimiserFrom({ [kind]: options } as unknown as OptimiserConfiguration);
  return trainingStep(net, { batch: 5, loss: mse({ outputs: 2 }), optimiser, clip });
}

/** How far numbers are from others, relative to the largest of those. */
function apart(found: ArrayLike<number>, wanted: readonly number[]): number {
  const largest = Math.max(...wanted.map(Math.abs));
  return Math.max(...wanted.map((value, at) => Math.abs(found[at]! - value))) / largest;
}

type Feeds = Readonly<Record<string, ArrayLike<number>>>;
type Results = Readonly<Record<string, { readonly values: ArrayLike<number> }>>;

/** Runs the steps of a case and says how far parameters were off after those that the vectors hold. */
async function follow(one: Case, runStep: (feeds: Feeds) => Results | Promise<Results>): Promise<number[]> {
  const { slots } = stepOf(one);
  let flat: Record<string, ArrayLike<number>> = {
    parameters,
    ...Object.fromEntries(slots.map((slot) => [slot, new Float64Array(parameters.length)])),
  };
  const off: number[] = [];
  for (const [at, rate] of one.rates.entries()) {
    const results = await runStep({ ...flat, x, target, rate: [rate], step: [at + 1] });
    flat = Object.fromEntries(Object.keys(flat).map((name) => [name, results[`${name}_next`]!.values]));
    const wanted = one.after[String(at + 1)];
    if (wanted !== undefined) off.push(apart(flat["parameters"]!, wanted));
  }
  return off;
}

describe.each(cases.map((one) => [one.name, one] as const))("%s as PyTorch's", (_, one) => {
  test("in the reference kernels, to a millionth", async () => {
    const step = stepOf(one);
    const numbers = { parameters: new Float32Array(26), state };
    const off = await follow(one, (feeds) => run(step, numbers, feeds));
    expect(off).toHaveLength(3);
    for (const distance of off) expect(distance).toBeLessThanOrEqual(1e-6);
  });

  test("in onnxruntime, to a hundred-thousandth", async () => {
    const step = stepOf(one);
    const session = await onnxruntimeSession(step.model);
    const off = await follow(one, (given) =>
      session.run(feedsOf(step, { parameters: new Float32Array(26), state }, given)),
    );
    await session.release();
    expect(off).toHaveLength(3);
    for (const distance of off) expect(distance).toBeLessThanOrEqual(1e-5);
  });
});

test("options of optimisers that make no sense are named", () => {
  expect(() => adam({ rate: 0 })).toThrow(
    /adam optimiser: rate: expected a finite number above 0, received 0/,
  );
  expect(() => adam({ beta2: 1 })).toThrow(/beta2/);
  expect(() => sgd({ nesterov: true })).toThrow(/momentum/);
  expect(() => optimiserFrom({ adam: {}, sgd: {} } as OptimiserConfiguration)).toThrow(
    /one of adam, adamw, sgd/,
  );
  const clip = { norm: -1 };
  expect(() => trainingStep(net, { batch: 5, loss: mse({ outputs: 2 }), optimiser: adam(), clip })).toThrow(
    /clip: norm/,
  );
});
