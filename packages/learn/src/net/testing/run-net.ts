import { elementCount, interpret, type Feed, type Tensor } from "@tideline/graph";
import { seededRandom } from "../../random.ts";
import type { EvaluationGraph } from "../evaluation-graph.ts";
import type { FittedNumbers } from "../initial-parameters.ts";
import type { Layer, Net } from "../net.ts";
import type { StepGraph } from "../training-step.ts";

/** A net of one float32 input "x" and one layer. */
export function netOf(dims: readonly number[], layer: Layer): Net {
  return {
    inputs: [{ name: "x", elementType: "float32", dims }],
    forward: (scope, { x }) => layer(scope, x!),
  };
}

/** Normal numbers of a seed. */
export function normals(count: number, seed = 1): Float32Array {
  const random = seededRandom(seed);
  return Float32Array.from({ length: count }, () => random.normal());
}

/** What a graph is fed for a batch, random but for what is given. */
export function feedsOf(
  graph: StepGraph | EvaluationGraph,
  { parameters, state }: FittedNumbers,
  given: Readonly<Record<string, ArrayLike<number>>> = {},
): Record<string, Feed> {
  const flat: Record<string, ArrayLike<number>> = {
    parameters,
    state,
    rate: [1],
    step: [1],
    weight: new Float32Array(graph.batch).fill(1),
    ...given,
  };
  return Object.fromEntries(
    graph.model.graph.inputs.map(({ name, dims, elementType }, at) => {
      const lengths = dims as readonly number[];
      const count = elementCount(lengths);
      const slot = "slots" in graph && graph.slots.includes(name);
      const drawn = name.startsWith("noise_") ? uniforms(count, at) : normals(count, 10 + at);
      const zero = slot || elementType === "int64";
      return [name, { dims: lengths, values: flat[name] ?? (zero ? new Float32Array(count) : drawn) }];
    }),
  );
}

function uniforms(count: number, seed: number): Float64Array {
  const random = seededRandom(seed);
  return Float64Array.from({ length: count }, () => random.uniform());
}

/** A graph through the reference kernels, in double precision. */
export function run(
  graph: StepGraph | EvaluationGraph,
  numbers: FittedNumbers,
  given: Readonly<Record<string, ArrayLike<number>>> = {},
): Readonly<Record<string, Tensor>> {
  return interpret(graph.model, feedsOf(graph, numbers, given));
}
