import {
  elementCount,
  interpret,
  type ElementType,
  type OnnxModel,
  type OnnxNode,
  type Tensor,
} from "@tideline/graph";
import { seededRandom, type Random } from "@tideline/learn";
import type { Answers } from "./artifact-runtime.ts";
import { interpreterFeeds, type ModelRows, type RowInput } from "./model-row.ts";
import { floatAt, floatPlace } from "./tree-bound.ts";

/** Operators that add up as many numbers as are gone from their result. */
const REDUCTIONS =
  /^(GlobalAveragePool|GlobalLpPool|Reduce(L1|L2|LogSum|LogSumExp|Mean|Prod|Sum|SumSquare))$/u;

/** Operators that add up along an axis, over a kernel, or what they are given. */
const PRODUCTS =
  /^(AveragePool|Conv|ConvTranspose|CumSum|Einsum|GRU|Gemm|LRN|LSTM|LogSoftmax|LpPool|MatMul|Mean|RNN|Resize|Softmax|Sum|\w+Normalization)$/u;

/** What rounding to the nearest float32 takes away at most, of a number. */
const UNIT = 2 ** -24;

/** Copies of a row, each rounded at random. */
export const ROUNDED_COPIES = 8;

/** Whether a number of a type was rounded to float32 or less. */
const isRounded = (elementType: ElementType): boolean =>
  elementType.startsWith("float") && elementType !== "float64";

/** Terms of each number of a product: along the longest axis of what it reads, or over its kernel. */
function termsOf(shapes: readonly (readonly number[])[]): number {
  const [, weights = []] = shapes;
  const kernel = weights.length < 3 ? 1 : elementCount(weights) / weights[0]!;
  return Math.max(shapes.length, kernel, ...shapes.flat());
}

/** A value with each number off by a share of itself: in each part, a copy of the row, all of them alike or each its own way. */
function spread(tensor: Tensor, share: number, parts: number, random: Random): Tensor {
  if (!isRounded(tensor.elementType)) return tensor;
  const length = Math.ceil(tensor.values.length / parts);
  let alike = 0;
  const values = tensor.values.map((value, at) => {
    if (at % length === 0) alike = random.integer(3) - 1;
    return value * (1 + (alike || 2 * random.integer(2) - 1) * share);
  });
  return { ...tensor, values };
}

/** A value as float32 holds it: each number itself where it does, or one of the three that are nearest. */
function rounded(tensor: Tensor, random: Random): Tensor {
  if (!isRounded(tensor.elementType)) return tensor;
  const values = tensor.values.map((value) => {
    const nearest = Math.fround(value);
    if (nearest === value || !Number.isFinite(nearest)) return nearest;
    return floatAt(floatPlace(nearest) + random.integer(3) - 1);
  });
  return { ...tensor, values };
}

/** What a node gives of some values, by output; constants stand in the graph. */
type Evaluate = (inputs: ReadonlyMap<string, Tensor>) => Readonly<Record<string, Tensor>>;

function evaluatorOf({ graph, ...model }: OnnxModel, node: OnnxNode): Evaluate {
  const outputs = node.outputs
    .filter((name) => name !== "")
    .map((name) => ({ name, elementType: "float32" as const, dims: [] }));
  const initializers = graph.initializers.filter(({ name }) => node.inputs.includes(name));
  return (inputs) => {
    const ends = [...inputs].map(([name, { elementType, dims }]) => ({ name, elementType, dims }));
    const alone = { ...graph, nodes: [node], initializers, inputs: ends, outputs };
    return interpret({ ...model, graph: alone }, Object.fromEntries(inputs));
  };
}

/** All values of one run of some copies, node by node. */
function roundedRun(
  model: OnnxModel,
  given: ReadonlyMap<string, Tensor>,
  copies: number,
  random: Random,
): ReadonlyMap<string, Tensor> {
  const tensors = new Map(given);
  const constants = new Map(model.graph.initializers.map(({ name, dims }) => [name, dims]));
  for (const node of model.graph.nodes) {
    const evaluate = evaluatorOf(model, node);
    const read = new Map(
      node.inputs.flatMap((name) => (tensors.has(name) ? [[name, tensors.get(name)!] as const] : [])),
    );
    const shapes = node.inputs.flatMap((name) => {
      const dims = constants.get(name) ?? read.get(name)?.dims;
      return dims === undefined ? [] : [dims];
    });
    const terms = PRODUCTS.test(node.op)
      ? termsOf(shapes)
      : REDUCTIONS.test(node.op)
        ? elementCount(shapes[0]!) / Object.values(evaluate(read))[0]!.values.length
        : 0;
    const share = UNIT * Math.sqrt(terms);
    const off = new Map([...read].map(([name, tensor]) => [name, spread(tensor, share, copies, random)]));
    for (const [name, tensor] of Object.entries(evaluate(terms === 0 ? read : off)))
      tensors.set(name, rounded(tensor, random));
  }
  return tensors;
}

/**
 * What trees read of a row in float32 that rounds at random, to a number beside the nearest as often as to that one (D. S. Parker, Monte
 * Carlo Arithmetic, 1997), and adds up in any order: each of `n` terms is off by `sqrt(n) * 2^-24` of itself (N. J. Higham and T. Mary, A
 * New Approach to Probabilistic Rounding Error Analysis, 2019), all alike or each its own way. Copies lie about as far apart as
 * runtimes may; where numbers cancel, far.
 *
 * @param graph computes `names` of its inputs
 * @param row one row
 * @param seed an integer
 * @returns by name, `[copies, features]`
 *
 * @example
 * const { features } = roundedFeatures({ model, inputs, names: ["features"] }, row, 1);
 */
export function roundedFeatures(
  graph: {
    readonly model: OnnxModel;
    readonly inputs: readonly RowInput[];
    readonly names: readonly string[];
  },
  row: ModelRows,
  seed: number,
): Answers {
  const { model, inputs, names } = graph;
  const random = seededRandom(seed);
  // A graph of one row runs so often; the others take all copies at once.
  const together = inputs.every(({ open }) => open) ? ROUNDED_COPIES : 1;
  const copies = {
    count: together,
    inputs: Object.fromEntries(
      inputs.map(({ name }) => {
        const own = Array.from(row.inputs[name] as ArrayLike<number>);
        return [name, Array.from({ length: together }, () => own).flat()];
      }),
    ),
  };
  const feeds = interpreterFeeds(inputs, copies);
  const given = new Map(
    inputs.map(({ name, elementType }) => {
      const { dims, values } = feeds[name]!;
      return [name, { elementType, dims, values: Float64Array.from(values) }] as const;
    }),
  );
  const runs = Array.from({ length: ROUNDED_COPIES / together }, () =>
    roundedRun(model, given, together, random),
  );
  return Object.fromEntries(
    names.map((name) => [name, Float64Array.from(runs.flatMap((run) => [...run.get(name)!.values]))]),
  );
}
