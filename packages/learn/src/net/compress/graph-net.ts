import { elementCount, type OnnxGraph, type OnnxModel, type OnnxTensor, type Value } from "@tideline/graph";
import { tidelineError } from "@tideline/spec";
import type { OutputActivation } from "../inference-graph.ts";
import type { FittedNumbers } from "../initial-parameters.ts";
import { entryValues, type Layout } from "../layout.ts";
import type { Net, NetInput, NetScope } from "../net.ts";
import { surveyNet } from "../survey.ts";
import { graphPlan, type GraphPlan } from "./graph-plan.ts";
import { apartWeights, layerWeights, type TrainedConstant } from "./graph-weight.ts";
import { writeGraph } from "./write-graph.ts";

/** What `graphNet` takes. */
export interface GraphNetOptions {
  /** The output that is trained; the graph's only one by default. */
  readonly output?: string;
  /**
   * Which constants are trained: of float32, or of whole numbers that are widened for the node. Default
   * `layerWeights`: weights and biases of layers, scales of normalisations,
   * tables. Constant factors of MatMul are not among them, since a spectrum's waves are such; graphs of other exporters
   * that say dense layers so name them here.
   */
  readonly trained?: TrainedConstant;
  /** Weights that stay zero where the mask is, by the names of constants. */
  readonly masks?: ReadonlyMap<string, Float32Array>;
  /**
   * The graph in floating point that a graph of whole numbers was made from: training begins with its weights, not with
   * what rounding left of them. Nodes are matched by name.
   */
  readonly origin?: OnnxModel;
}

/** A graph that can be trained. */
export interface GraphNet {
  /** What `trainNet` trains. */
  readonly net: Net;
  /** The graph's own weights and running statistics, for `trainNet` to begin with. */
  readonly numbers: FittedNumbers;
  /** What the graph makes of the scores. */
  readonly activation: OutputActivation;
  /** The constants that training changes, by their names in `model`. */
  readonly trained: readonly string[];
  /** The constant that a parameter or a running statistic is of. */
  tensorOf(name: string): string;
  /** The graph with other numbers: all else, and all names, as they were. */
  model(numbers: FittedNumbers): OnnxModel;
}

function invalid(field: string, expected: string, received: string): Error {
  return tidelineError("ARGUMENT_INVALID", { who: "graphNet", field, expected, received });
}

/** The inputs of a graph as those of a net: rows in front, all other lengths known. */
function netInputs({ inputs, initializers }: OnnxGraph): readonly NetInput[] {
  const defaults = new Set(initializers.map(({ name }) => name));
  return inputs
    .filter(({ name }) => !defaults.has(name))
    .map(({ name, elementType, dims }) => {
      const [batch, ...rest] = dims;
      const known = rest.every((dim) => typeof dim === "number");
      if ((elementType !== "float32" && elementType !== "int64") || typeof batch !== "string" || !known)
        throw invalid(
          `input "${name}"`,
          'float32 or int64 of ["N", lengths]',
          `${elementType}[${dims.join(", ")}]`,
        );
      return { name, elementType, dims: rest as number[] };
    });
}

/** The numbers of a layout, from those of constants. */
function numbersOf(layout: Layout, valuesOf: (name: string) => Float32Array): Float32Array {
  const flat = new Float32Array(layout.length);
  for (const { name, dims, offset } of layout.entries) {
    const values = valuesOf(name);
    if (values.length !== elementCount(dims))
      throw invalid(`"${name}"`, `${elementCount(dims)} numbers`, String(values.length));
    flat.set(values, offset);
  }
  return flat;
}

/**
 * A graph as a net: training goes on where its weights are, and gives the same graph with other weights. Whatever made
 * the graph, a fit, a pruning, a factorisation, another framework, its nodes are what is trained; only the last softmax or sigmoid is
 * left to the loss. Batch normalisations take the statistics of the batch while they train. In a graph of whole numbers
 * (QuantizeLinear and DequantizeLinear around layers) weights are trained in floating point behind a rounding that lets
 * the gradient through, ranges stay as they are, and whole numbers come out again. Dropout that a fit had is not in a graph.
 *
 * @throws ARGUMENT_INVALID for inputs without rows in front or with unknown lengths, several outputs and none chosen,
 *   masks or an origin that do not fit; GRAPH_ILLEGAL, MODEL_UNSUPPORTED as `checkModel`, and where whole numbers are
 *   computed with otherwise.
 *
 * @example
 * const { net, numbers, model } = graphNet(pruneChannels(graph, { share: 0.5 }).model);
 * const fitted = await trainNet(net, rows, { runtime, loss: crossEntropy(), optimiser: adam(), epochs: 3, initial: numbers });
 * const recovered = model(fitted);
 */
export function graphNet(model: OnnxModel, options: GraphNetOptions = {}): GraphNet {
  const { trained = layerWeights, masks = new Map(), origin } = options;
  const apart = apartWeights(model, trained);
  const plan = graphPlan(apart, { output: options.output, trained, masks, origin });
  const net: Net = Object.freeze({
    inputs: Object.freeze(netInputs(apart.graph)),
    forward: (scope: NetScope, inputs: Readonly<Record<string, Value>>) => writeGraph(plan, scope, inputs),
  });
  const survey = surveyNet(net, "N", false);
  const valuesOf = (name: string): Float32Array => plan.numbers.get(name)!.values;
  const numbers = Object.freeze({
    parameters: numbersOf(survey.parameters, valuesOf),
    state: numbersOf(survey.states, valuesOf),
  });
  return Object.freeze({
    net,
    numbers,
    activation: plan.activation,
    trained: Object.freeze([...new Set([...plan.numbers.values()].map(({ tensor }) => tensor))]),
    tensorOf: (name) => plan.numbers.get(name)!.tensor,
    model: (next) =>
      rewritten(apart, plan, [
        [survey.parameters, next.parameters],
        [survey.states, next.state],
      ]),
  } satisfies GraphNet);
}

/** The graph with other numbers. @throws ARGUMENT_INVALID when they are not as many. */
function rewritten(
  model: OnnxModel,
  plan: GraphPlan,
  flats: readonly (readonly [Layout, Float32Array])[],
): OnnxModel {
  const changed = new Map<string, OnnxTensor>();
  for (const [layout, flat] of flats) {
    if (flat.length !== layout.length)
      throw invalid("numbers", `${layout.length}, as the graph has`, String(flat.length));
    for (const entry of layout.entries) {
      const { tensor, store } = plan.numbers.get(entry.name)!;
      changed.set(tensor, store(entryValues(flat, entry)));
    }
  }
  const { graph } = model;
  const initializers = graph.initializers.map((tensor) => changed.get(tensor.name) ?? tensor);
  return Object.freeze({
    ...model,
    graph: Object.freeze({ ...graph, initializers: Object.freeze(initializers) }),
  });
}
