import { readFileSync } from "node:fs";
import { join } from "node:path";
import { interpret, type Value } from "@tideline/graph";
import { describe, expect, test } from "vitest";
import type { Loss } from "../loss/loss.ts";
import type { Layer, Net, NetScope } from "../net.ts";
import { constant } from "../initialiser.ts";
import { sgd } from "../optimiser/sgd.ts";
import { feedsOf } from "../testing/run-net.ts";
import { trainingStep } from "../training-step.ts";
import { attention } from "./attention.ts";
import { gru } from "./gru.ts";
import { transformerBlock } from "./transformer-block.ts";

interface TensorVector {
  readonly dims: readonly number[];
  readonly values: readonly number[];
}

/** A case of `vectors/learn/layer.json`; `scripts/vectors-layer.py` says what its fields are. */
interface Case {
  readonly name: string;
  readonly layer: keyof typeof LAYERS;
  readonly options: never;
  readonly lengths?: readonly number[];
  readonly mask?: readonly (readonly number[])[];
  readonly x: TensorVector;
  readonly parameters: Readonly<Record<string, TensorVector>>;
  readonly output: TensorVector;
  readonly weights: readonly number[];
  readonly gradients: Readonly<Record<string, readonly number[]>>;
}

type ContextLayer = Layer & ((scope: NetScope, x: Value, context: Record<string, Value>) => Value);
const LAYERS = { gru, attention, transformerBlock };
const path = join(import.meta.dirname, "../../../../../vectors/learn/layer.json");
const cases = JSON.parse(readFileSync(path, "utf8")) as readonly Case[];

/** Largest difference relative to the largest number. */
function apart(found: ArrayLike<number>, wanted: readonly number[]): number {
  expect(found.length).toBe(wanted.length);
  const largest = Math.max(1e-3, ...wanted.map(Math.abs));
  return Math.max(...wanted.map((value, at) => Math.abs(found[at]! - value))) / largest;
}

/** The sum of all scores times the target's numbers. */
function weightedSum(dims: readonly number[]): Loss {
  return {
    kind: "weightedSum",
    target: { elementType: "float32", dims: dims.slice(1) },
    write: (g, scores, { target }) => g.op("ReduceSum", [g.op("Mul", [scores, target])], { keepdims: 0 }),
  };
}

/** The layer on a series that is a parameter, so that a training step moves it, too. */
function netOf({ layer, options, lengths, mask, x }: Case): Net {
  const write = LAYERS[layer](options) as ContextLayer;
  return {
    inputs: [
      { name: "lengths", elementType: "int64", dims: [] },
      { name: "mask", elementType: "float32", dims: [x.dims[1]!] },
    ],
    forward(scope, inputs) {
      const context: Record<string, Value> = {};
      if (lengths !== undefined) context["lengths"] = inputs["lengths"]!;
      if (mask !== undefined) context["mask"] = inputs["mask"]!;
      return write(scope.within("own"), scope.parameter("x", x.dims, constant(0)), context);
    },
  };
}

describe.each(cases.map((one) => [one.name, one] as const))("%s", (_, one) => {
  test("gives what PyTorch gives, forwards and backwards", () => {
    const loss = weightedSum(one.output.dims);
    const batch = one.x.dims[0]!;
    const step = trainingStep(netOf(one), { batch, loss, optimiser: sgd({ rate: 1 }) });
    const parameters = new Float64Array(step.parameters.length);
    const known: Record<string, TensorVector> = { x: one.x };
    for (const [name, tensor] of Object.entries(one.parameters)) known[`own/${name}`] = tensor;
    expect(step.parameters.entries.map(({ name }) => name).sort()).toEqual(Object.keys(known).sort());
    for (const { name, dims, offset } of step.parameters.entries) {
      expect(known[name]!.dims).toEqual(dims);
      parameters.set(known[name]!.values, offset);
    }
    const numbers = { parameters: parameters as unknown as Float32Array, state: new Float32Array(0) };
    const feeds = feedsOf(step, numbers, {
      target: one.weights,
      lengths: one.lengths ?? new Float64Array(batch),
      mask: one.mask?.flat() ?? new Float64Array(batch * one.x.dims[1]!),
    });
    const found = interpret(step.model, feeds);
    // Constants such as 1 / sqrt(width) are float32 in the graph.
    expect(apart(found["scores"]!.values, one.output.values)).toBeLessThan(1e-7);
    const next = found["parameters_next"]!.values;
    for (const { name, offset } of step.parameters.entries) {
      const wanted = one.gradients[name.replace("own/", "")]!;
      const moved = wanted.map((__, at) => parameters[offset + at]! - next[offset + at]!);
      expect(apart(moved, wanted), name).toBeLessThan(1e-6);
    }
  });
});
