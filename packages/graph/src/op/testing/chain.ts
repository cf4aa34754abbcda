import * as fc from "fast-check";
import type { GraphBuilder } from "../../builder.ts";
import { differentiate } from "../../differentiate.ts";
import type { Value } from "../../value.ts";
import type { GraphEmitter } from "../graph-emitter.ts";
import type { OpName } from "../op-name.ts";
import { OPS } from "../registry.ts";
import type { OpDefinition } from "../op-definition.ts";
import { randoms, weightedSum, type Feeds, type WrittenFunction } from "./finite-difference.ts";

/** A chain's link: from a float64 matrix to a float64 matrix, with further inputs through `feed`. */
interface Link {
  readonly ops: readonly OpName[];
  write(g: GraphEmitter, x: Value, feed: (dims: readonly number[]) => Value): Value;
}

const rows = (x: Value): number => x.dims[0] as number;
const columns = (x: Value): number => x.dims[1] as number;
const one = (g: GraphEmitter): Value => g.scalar(1, "float64");

/** Smooth links whose values stay small, so that differences are accurate however many follow one another. */
const LINKS: readonly Link[] = [
  { ops: ["Tanh"], write: (g, x) => g.op("Tanh", [x]) },
  { ops: ["Sigmoid", "Mul"], write: (g, x) => g.op("Mul", [x, g.op("Sigmoid", [x])]) },
  { ops: ["Softmax"], write: (g, x) => g.op("Softmax", [x], { axis: 1 }) },
  { ops: ["LogSoftmax"], write: (g, x) => g.op("LogSoftmax", [x], { axis: 0 }) },
  { ops: ["Mul", "Add"], write: (g, x, feed) => g.op("Add", [g.op("Mul", [x, feed([columns(x)])]), x]) },
  { ops: ["Sub"], write: (g, x, feed) => g.op("Sub", [feed([rows(x), 1]), x]) },
  {
    ops: ["Div", "Add", "Mul"],
    write: (g, x) => g.op("Div", [x, g.op("Add", [g.op("Mul", [x, x]), one(g)])]),
  },
  { ops: ["Exp", "Neg", "Mul"], write: (g, x) => g.op("Exp", [g.op("Neg", [g.op("Mul", [x, x])])]) },
  {
    ops: ["Sqrt", "Log", "Add", "Mul"],
    write: (g, x) => g.op("Log", [g.op("Sqrt", [g.op("Add", [g.op("Mul", [x, x]), one(g)])])]),
  },
  {
    ops: ["MatMul", "Tanh"],
    write: (g, x, feed) => g.op("Tanh", [g.op("MatMul", [x, feed([columns(x), 2])])]),
  },
  {
    ops: ["Gemm", "Sigmoid"],
    write: (g, x, feed) =>
      g.op("Sigmoid", [g.op("Gemm", [x, feed([3, columns(x)]), feed([3])], { transB: 1 })]),
  },
  { ops: ["Transpose"], write: (g, x) => g.op("Transpose", [x], { perm: [1, 0] }) },
  { ops: ["Reshape"], write: (g, x) => g.op("Reshape", [x, g.ints([columns(x), rows(x)])]) },
  {
    ops: ["ReduceMean", "Sub"],
    write: (g, x) => g.op("Sub", [x, g.op("ReduceMean", [x, g.ints([1])], { keepdims: 1 })]),
  },
  {
    ops: ["Slice", "Concat"],
    write: (g, x) =>
      g.op("Concat", [x, g.op("Slice", [x, g.ints([0]), g.ints([1]), g.ints([0])])], { axis: 0 }),
  },
  {
    ops: ["Gather", "Tanh"],
    write: (g, x) => g.op("Tanh", [g.op("Gather", [x, g.ints([0, 0])], { axis: 0 })]),
  },
];

const DEFINITIONS: Record<OpName, OpDefinition> = OPS;

/** A chain of links by their positions, on a matrix of so many rows and columns. */
export interface Chain {
  readonly dims: readonly [number, number];
  readonly links: readonly number[];
  readonly seed: number;
}

/** Chains of so many links. */
export const chains = (least: number, most: number): fc.Arbitrary<Chain> => {
  const known = LINKS.flatMap(({ ops }, at) =>
    ops.every((op) => typeof DEFINITIONS[op].gradient === "function") ? [at] : [],
  );
  return fc.record({
    dims: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 2, max: 3 })),
    links: fc.array(fc.constantFrom(...known), { minLength: least, maxLength: most }),
    seed: fc.nat(1e6),
  });
};

/** The chain as a function, and what its inputs are fed. */
export function writtenChain({ dims, links, seed }: Chain): {
  readonly write: WrittenFunction;
  readonly feeds: () => Feeds;
} {
  const shapes = new Map<string, readonly number[]>();
  const write = (g: GraphBuilder): readonly Value[] => {
    const feed = (shape: readonly number[]): Value => {
      const value = g.input(`x${shapes.size}`, "float64", shape);
      shapes.set(value.name, shape);
      return value;
    };
    shapes.clear();
    let x = feed(dims);
    for (const link of links) x = LINKS[link]!.write(g as unknown as GraphEmitter, x, feed);
    return [x];
  };
  const feeds = (): Feeds => {
    const random = randoms(seed);
    return Object.fromEntries(
      [...shapes].map(([name, shape]) => [
        name,
        { dims: shape, values: Array.from({ length: shape.reduce((a, b) => a * b, 1) }, random) },
      ]),
    );
  };
  return { write, feeds };
}

/** The gradients of a weighted sum of a function's outputs as a function of the same inputs. */
export function gradientOf(write: WrittenFunction, seed: number): WrittenFunction {
  return (g) => {
    const outputs = write(g);
    const { loss } = weightedSum(g, outputs, randoms(seed))!;
    const inputs = new Set(
      g.applications.flatMap((application) =>
        application.inputs.flatMap((value) => (value?.name.startsWith("x") === true ? value : [])),
      ),
    );
    return differentiate(g, loss, [...inputs]);
  };
}
