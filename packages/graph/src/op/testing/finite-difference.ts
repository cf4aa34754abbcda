import { graphBuilder, type GraphBuilder } from "../../builder.ts";
import { differentiate } from "../../differentiate.ts";
import { ELEMENT_TYPES, valuesOf } from "../../element-type.ts";
import { interpret, type Feed } from "../../interpret.ts";
import { NEWEST_OPSET } from "../../opset.ts";
import { elementCount, type OnnxModel, type TensorType } from "../../onnx.ts";
import type { GraphEmitter } from "../graph-emitter.ts";
import type { Value } from "../../value.ts";

/** A function as a graph: written into a builder, it returns its outputs. */
export type WrittenFunction = (g: GraphBuilder) => readonly Value[];

export type Feeds = Readonly<Record<string, Feed>>;

/** A gradient's worst coordinate, as a share of the largest gradient of its tensor. */
export interface Disagreement {
  readonly input: string;
  readonly share: number;
  readonly ours: number;
  readonly difference: number;
}

/**
 * Half the distance between the two points of a central difference. With f of size 1 its truncation, h^2 f'''/6, and its
 * rounding, 2^-53 f/h, are both near 1e-11.
 */
export const STEP = 1e-5;

const isFloating = ({ elementType }: TensorType): boolean => ELEMENT_TYPES[elementType].kind === "float";

/** Numbers in [-1, 1), the same for a seed (Park and Miller, CACM 31(10), 1988). */
export function randoms(seed: number): () => number {
  let state = (Math.abs(Math.trunc(seed)) % 2147483646) + 1;
  return () => {
    state = (state * 48271) % 2147483647;
    return (state / 2147483647) * 2 - 1;
  };
}

/** A weighted sum of the floating values among some: random eighths, none 0. Undefined where there is none. */
export function weightedSum(
  g: GraphBuilder,
  values: readonly Value[],
  random: () => number,
): { readonly loss: Value; readonly weights: ReadonlyMap<Value, Float64Array> } | undefined {
  const emitter = g as unknown as GraphEmitter;
  const weights = new Map<Value, Float64Array>();
  const terms = values.filter(isFloating).map((value) => {
    const dims = value.dims as readonly number[];
    const list = Float64Array.from({ length: elementCount(dims) }, () => Math.round(random() * 16) / 8 || 1);
    weights.set(value, list);
    const weight = g.constant(valuesOf(value.elementType, [...list]), dims);
    return emitter.op("ReduceSum", [emitter.op("Mul", [value, weight])], { keepdims: 0 });
  });
  if (terms.length === 0) return undefined;
  return { loss: terms.reduce((sum, term) => emitter.op("Add", [sum, term])), weights };
}

/** The function with a weighted sum of its outputs as loss, alone and with the loss's gradients. */
export interface WithGradients {
  readonly forward: OnnxModel;
  readonly model: OnnxModel;
  /** Names of the inputs that the gradients `d/<name>` are of. */
  readonly wrt: readonly string[];
  /** The weights of each floating output, by name. */
  readonly weights: Readonly<Record<string, Float64Array>>;
}

/**
 * The graph whose gradients are compared: the loss is `weightedSum` of the outputs.
 *
 * @param only the inputs to differentiate with respect to; every floating one by default.
 * @returns undefined for a function without floating inputs or outputs.
 */
export function withGradients(
  write: WrittenFunction,
  seed: number,
  only?: readonly string[],
): WithGradients | undefined {
  const g = graphBuilder("function");
  const outputs = write(g);
  for (const [at, value] of outputs.entries()) g.output(`y${at}`, value);
  const forward = g.build({ opset: NEWEST_OPSET });
  const wrt = forward.graph.inputs
    .filter(isFloating)
    .map(({ name }) => name)
    .filter((name) => only?.includes(name) ?? true);
  const sum = weightedSum(g, outputs, randoms(seed));
  if (sum === undefined || wrt.length === 0) return undefined;
  const used = g.applications.flatMap(({ inputs }) => inputs.flatMap((value) => value ?? []));
  const values = wrt.map((name) => used.find((value) => value.name === name)!);
  for (const [at, gradient] of differentiate(g, sum.loss, values).entries())
    g.output(`d/${wrt[at]}`, gradient);
  const weights = outputs.flatMap((value, at) => {
    const list = sum.weights.get(value);
    return list === undefined ? [] : [[`y${at}`, list] as const];
  });
  return { forward, model: g.build({ opset: NEWEST_OPSET }), wrt, weights: Object.fromEntries(weights) };
}

/** The loss of `withGradients`, and the size of the numbers that were added up for it. */
function lossOf(
  { forward, weights }: WithGradients,
  feeds: Feeds,
): { readonly loss: number; readonly size: number } {
  const results = interpret(forward, feeds);
  let [loss, size] = [0, 0];
  for (const [name, list] of Object.entries(weights))
    for (const [at, weight] of list.entries()) {
      const term = weight * results[name]!.values[at]!;
      loss += term;
      size += Math.abs(term);
    }
  return { loss, size };
}

/** The change of the loss per unit of a move of the inputs, by a central difference, and what it cannot resolve. */
function slope(
  graph: WithGradients,
  feeds: Feeds,
  direction: (name: string, at: number) => number,
  size: number,
) {
  const moved = (step: number) =>
    lossOf(
      graph,
      Object.fromEntries(
        Object.entries(feeds).map(([name, { dims, values }]) => [
          name,
          graph.wrt.includes(name)
            ? { dims, values: Float64Array.from(values, (value, at) => value + step * direction(name, at)) }
            : { dims, values },
        ]),
      ),
    );
  const central = (step: number) => {
    const [above, below] = [moved(step), moved(-step)];
    return { slope: (above.loss - below.loss) / (2 * step), size: Math.max(above.size, below.size, 1) };
  };
  const near = central(size);
  // Every operation of the function rounds; 32 units in the last place of the sum, or of 1 where a small sum is left of
  // larger numbers, are far more than small graphs lose.
  const blur = ((32 * Number.EPSILON) / size) * near.size;
  return {
    slope: near.slope,
    blur,
    /** Without the truncation of order h^2 (L. F. Richardson, Phil. Trans. R. Soc. A 226, 1927). */
    refined: () => (4 * near.slope - central(2 * size).slope) / 3,
  };
}

/** The share above which a difference is refined before it is believed. */
const FINE = 1e-7;

/** How many coordinates of each tensor are moved by themselves, beside one move of them all. */
const COORDINATES = 6;

/**
 * Compares gradients with central differences in double precision: along some coordinates of each input, and along a
 * random direction of all inputs at once, which every coordinate has a part in.
 *
 * @returns the worst coordinate of each input (and of the direction, "all"); what is below the resolution of the
 *   difference counts as none. `undefined` stands for an infinite or missing number on the way: there is no derivative.
 */
export function disagreements(
  graph: WithGradients,
  feeds: Feeds,
  seed: number,
  step = STEP,
): readonly Disagreement[] | undefined {
  const random = randoms(seed + 1);
  const results = interpret(graph.model, feeds);
  if (Object.keys(graph.weights).some((name) => !results[name]!.values.every(Number.isFinite)))
    return undefined;
  const directions = Object.fromEntries(
    graph.wrt.map((name) => [name, Float64Array.from(feeds[name]!.values, () => random())]),
  );
  const found: Disagreement[] = [];
  const compare = (
    input: string,
    ours: number,
    largest: number,
    measured: ReturnType<typeof slope>,
  ): void => {
    const shareOf = (difference: number): number => {
      const off = Math.abs(ours - difference) - measured.blur;
      if (off <= 0) return 0;
      return Number.isNaN(off) ? Infinity : off / Math.max(largest, Number.MIN_VALUE);
    };
    const plain = { input, share: shareOf(measured.slope), ours, difference: measured.slope };
    if (plain.share < FINE) return void found.push(plain);
    const difference = measured.refined();
    found.push({ input, share: shareOf(difference), ours, difference });
  };
  let [along, most] = [0, 0];
  for (const name of graph.wrt) {
    const gradient = results[`d/${name}`]!.values;
    const largest = gradient.reduce((size, value) => Math.max(size, Math.abs(value)), 0);
    for (const [at, value] of gradient.entries()) along += value * directions[name]![at]!;
    most += gradient.reduce((sum, value) => sum + Math.abs(value), 0);
    const count = Math.min(COORDINATES, gradient.length);
    const start = Math.abs(Math.trunc(random() * gradient.length));
    for (let nth = 0; nth < count; nth += 1) {
      const at = (start + Math.floor((nth * gradient.length) / count)) % gradient.length;
      const measured = slope(
        graph,
        feeds,
        (input, position) => (input === name && position === at ? 1 : 0),
        step,
      );
      compare(name, gradient[at]!, largest, measured);
    }
  }
  compare(
    "all",
    along,
    most,
    slope(graph, feeds, (input, at) => directions[input]![at]!, step),
  );
  return found;
}
