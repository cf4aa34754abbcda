import { tidelineError } from "@tideline/spec";
import { checkModel } from "../../check.ts";
import type { OnnxAttribute, OnnxModel, OnnxNode, OnnxTensor } from "../../onnx.ts";
import { viewOf, type GraphView } from "../../optimise/graph-view.ts";
import { linearNode, type LinearNode } from "../../optimise/linear-node.ts";
import { removeDead } from "../../optimise/remove-dead.ts";
import { layerName } from "../prune/channel-group.ts";
import { singularValues, type SingularValues } from "./singular-value.ts";

/** How far layers are factorised. */
export type FactoriseOptions = (
  | {
      /** The share of each layer's energy (the sum of its squared singular values) that stays, above 0 and at most 1. */
      readonly energy: number;
    }
  | {
      /** The share of all weights of layers that may be left, above 0 and at most 1. */
      readonly budget: number;
    }
) & {
  /** Layers that stay, by the names of their nodes, or of their first outputs where nodes have none. Default none. */
  readonly exclude?: readonly string[];
};

/** What became of one layer. */
export interface FactorisedLayer {
  readonly name: string;
  /** Through how many numbers it goes now; undefined where two layers would have been no smaller than the one. */
  readonly rank: number | undefined;
  /** The rank that it could have at most. */
  readonly full: number;
  /** The share of its energy that is left. */
  readonly energy: number;
  readonly weights: { readonly before: number; readonly after: number };
}

/** A model with layers of low rank. */
export interface Factorised {
  readonly model: OnnxModel;
  readonly layers: readonly FactorisedLayer[];
}

interface Candidate {
  readonly linear: LinearNode;
  readonly parts: SingularValues;
  readonly rows: number;
  readonly columns: number;
}

function invalid(field: string, expected: string, received: string): Error {
  return tidelineError("ARGUMENT_INVALID", { who: "factorise", field, expected, received });
}

/** The weights of a layer as a matrix [outputs, inputs * window]. */
function matrixOf({ weights, outputs, outputOf }: LinearNode): Float64Array {
  const values = weights.values as Float32Array;
  const matrix = new Float64Array(values.length);
  const columns = values.length / outputs;
  const filled = new Uint32Array(outputs);
  for (const [at, value] of values.entries()) {
    const row = outputOf(at);
    matrix[row * columns + filled[row]++] = value;
  }
  return matrix;
}

/** Layers that read one constant in one way have one matrix, and share its factors. */
function matrixKey({ node, weights }: LinearNode): string {
  const transposed = node.attributes["transB"];
  return `${node.op} ${transposed?.type === "int" && transposed.value !== 0} ${weights.name}`;
}

function candidatesOf(view: GraphView, exclude: ReadonlySet<string>): readonly Candidate[] {
  const found: Candidate[] = [];
  const known = new Map<string, SingularValues>();
  for (const node of view.graph.nodes) {
    const linear = linearNode(view, node);
    const group = node.attributes["group"];
    if (linear === undefined || node.op === "ConvTranspose" || exclude.has(layerName(node))) continue;
    if (group?.type === "int" && group.value !== 1) continue;
    const { weights, outputs: rows } = linear;
    const columns = weights.values.length / rows;
    if (!(weights.values as Float32Array).every(Number.isFinite))
      throw invalid(`weights "${weights.name}"`, "finite numbers", "others");
    const key = matrixKey(linear);
    const parts = known.get(key) ?? singularValues(matrixOf(linear), rows, columns);
    known.set(key, parts);
    found.push({ linear, parts, rows, columns });
  }
  return found;
}

/** The least rank that keeps a share of the energy. */
function rankOf({ parts: { values } }: Candidate, energy: number): number {
  const total = values.reduce((sum, value) => sum + value * value, 0);
  let kept = 0;
  for (const [at, value] of values.entries()) {
    kept += value * value;
    // Energies are sums of many squares, each rounded: a share of 1 is reached within their last bits.
    if (kept >= energy * total * (1 - 1e-12)) return at + 1;
  }
  return values.length;
}

/** Weights of a layer at a rank: two layers', where they are fewer. */
function weightsAt({ rows, columns }: Candidate, rank: number): number {
  return Math.min(rows * columns, rank * (rows + columns));
}

/**
 * The ranks at which the weights fit a budget. Singular values go in the order of what they hold of their layer's energy
 * for each weight that they take, so that small layers before the scores keep theirs.
 */
function ranksWithin(candidates: readonly Candidate[], budget: number): readonly number[] {
  const before = candidates.reduce((sum, one) => sum + one.rows * one.columns, 0);
  const worths = candidates.map(({ parts: { values }, rows, columns }) => {
    const total = values.reduce((sum, value) => sum + value * value, 0);
    return values.map((value) => (total === 0 ? 0 : (value * value) / total / (rows + columns)));
  });
  // Worths fall within a layer, so that those above a limit are its first ones.
  const ranksAt = (limit: number): readonly number[] =>
    worths.map((list) => Math.max(1, list.filter((worth) => worth > limit).length));
  const weightsOf = (ranks: readonly number[]): number =>
    candidates.reduce((sum, one, at) => sum + weightsAt(one, ranks[at]!), 0);
  const limits = Float64Array.from([-1, ...worths.flatMap((list) => [...list])]).sort();
  let [low, high] = [0, limits.length - 1];
  const least = weightsOf(ranksAt(limits[high]!));
  if (least > budget * before)
    throw invalid("budget", `at least ${least / before}, what is left at rank 1`, String(budget));
  while (low < high) {
    const middle = (low + high) >> 1;
    if (weightsOf(ranksAt(limits[middle]!)) <= budget * before) high = middle;
    else low = middle + 1;
  }
  return ranksAt(limits[low]!);
}

/** The two factors at a rank: [outputs, rank] and [rank, inputs * window], the singular values shared between them. */
function factorsOf({ parts, rows, columns }: Candidate, rank: number): readonly [Float32Array, Float32Array] {
  const [outer, inner] = [new Float32Array(rows * rank), new Float32Array(rank * columns)];
  for (let part = 0; part < rank; part++) {
    const root = Math.sqrt(parts.values[part]!);
    for (let row = 0; row < rows; row++) outer[row * rank + part] = root * parts.left[part * rows + row]!;
    for (let at = 0; at < columns; at++)
      inner[part * columns + at] = root * parts.right[part * columns + at]!;
  }
  return [outer, inner];
}

function transposed(values: Float32Array, rows: number, columns: number): Float32Array {
  return Float32Array.from(values, (_, at) => values[(at % rows) * columns + Math.floor(at / rows)]!);
}

/** The names of a matrix's factors at a rank, by that. */
type FactorNames = Map<string, readonly [inner: string, outer: string]>;

/** A layer as two; its factors are among the constants where no layer before has them. */
function asTwo(
  view: GraphView,
  one: Candidate,
  rank: number,
  names: FactorNames,
): { readonly nodes: readonly OnnxNode[]; readonly constants: readonly OnnxTensor[] } {
  const { node, weights, bias } = one.linear;
  const name = (part: string) => view.fresh(`${weights.name}_${part}`);
  const key = `${rank} ${matrixKey(one.linear)}`;
  const shared = names.get(key);
  const [first, second] = shared ?? ([name("inner"), name("outer")] as const);
  names.set(key, [first, second]);
  const middle = view.fresh(`${layerName(node)}_low`);
  const shift = bias === undefined ? [] : [bias.name];
  const tensor = (called: string, dims: readonly number[], values: Float32Array): OnnxTensor => ({
    name: called,
    elementType: "float32",
    dims,
    values,
  });
  const factors = (make: (outer: Float32Array, inner: Float32Array) => readonly OnnxTensor[]) =>
    shared === undefined ? make(...factorsOf(one, rank)) : [];
  const both = (before: OnnxNode["attributes"], after: OnnxNode["attributes"]): readonly OnnxNode[] => [
    { ...node, name: middle, inputs: [node.inputs[0]!, first], outputs: [middle], attributes: before },
    { ...node, inputs: [middle, second, ...shift], attributes: after },
  ];
  if (node.op === "Conv") {
    const window = weights.dims.slice(2);
    const alone = window.map(() => 1);
    return {
      nodes: both(node.attributes, { kernel_shape: { type: "ints", value: alone } }),
      constants: factors((outer, inner) => [
        tensor(
          first,
          [rank, one.columns / window.reduce((product, length) => product * length, 1), ...window],
          inner,
        ),
        tensor(second, [one.rows, rank, ...alone], outer),
      ]),
    };
  }
  if (node.op === "MatMul")
    return {
      nodes: both({}, {}),
      constants: factors((outer, inner) => [
        tensor(first, [one.columns, rank], transposed(inner, rank, one.columns)),
        tensor(second, [rank, one.rows], transposed(outer, one.rows, rank)),
      ]),
    };
  const across: Readonly<Record<string, OnnxAttribute>> = { transB: { type: "int", value: 1 } };
  return {
    nodes: both(across, across),
    constants: factors((outer, inner) => [
      tensor(first, [rank, one.columns], inner),
      tensor(second, [one.rows, rank], outer),
    ]),
  };
}

/**
 * Makes of dense layers and convolutions two each, through fewer numbers than either side has, wherever that takes fewer
 * weights: the best approximation of the weights at that rank, by singular value decomposition. A convolution becomes one
 * of few channels and one of a window of 1. Train it on afterwards (`tuneModel` of `@tideline/learn/compress`).
 *
 * Source: E. Denton et al., "Exploiting linear structure within convolutional networks for efficient evaluation", NIPS
 * 2014; C. Eckart and G. Young, "The approximation of one matrix by another of lower rank", Psychometrika 1, 1936.
 *
 * @throws ARGUMENT_INVALID for an option out of range, a budget that no rank meets, a layer that there is not, or weights
 *   that are not finite; GRAPH_ILLEGAL, MODEL_UNSUPPORTED as `checkModel`.
 *
 * @example
 * const { model: lower, layers } = factorise(model, { energy: 0.95 });
 * const half = factorise(model, { budget: 0.5 });
 */
export function factorise(model: OnnxModel, options: FactoriseOptions): Factorised {
  const view = viewOf(model);
  const names = new Set(view.graph.nodes.map(layerName));
  const stranger = options.exclude?.find((name) => !names.has(name));
  if (stranger !== undefined) throw invalid("exclude", "names of nodes", `"${stranger}"`);
  const given = "energy" in options ? options.energy : options.budget;
  const field = "energy" in options ? "energy" : "budget";
  if (!(given > 0 && given <= 1)) throw invalid(field, "a number above 0 and at most 1", String(given));
  const candidates = candidatesOf(view, new Set(options.exclude));
  const ranks =
    "energy" in options
      ? candidates.map((one) => rankOf(one, options.energy))
      : ranksWithin(candidates, options.budget);
  const layers: FactorisedLayer[] = [];
  const twos = new Map<OnnxNode, ReturnType<typeof asTwo>>();
  const shared: FactorNames = new Map();
  for (const [at, one] of candidates.entries()) {
    const rank = ranks[at]!;
    const { rows, columns, linear, parts } = one;
    const before = rows * columns;
    const smaller = rank * (rows + columns) < before;
    if (smaller) twos.set(linear.node, asTwo(view, one, rank, shared));
    const [all, kept] = [parts.values, parts.values.subarray(0, rank)].map((values) =>
      values.reduce((sum, value) => sum + value * value, 0),
    );
    layers.push(
      Object.freeze({
        name: layerName(linear.node),
        rank: smaller ? rank : undefined,
        full: Math.min(rows, columns),
        energy: smaller && all! > 0 ? kept! / all! : 1,
        weights: Object.freeze({ before, after: weightsAt(one, rank) }),
      }),
    );
  }
  if (twos.size === 0) return Object.freeze({ model, layers: Object.freeze(layers) });
  const { graph } = model;
  const nodes = graph.nodes.flatMap((node) => twos.get(node)?.nodes ?? [node]);
  const constants = [...twos.values()].flatMap((two) => two.constants);
  const made = Object.freeze({
    ...model,
    graph: Object.freeze({
      ...graph,
      nodes: Object.freeze(nodes.map((node) => Object.freeze(node))),
      initializers: Object.freeze([
        ...graph.initializers,
        ...constants.map((tensor) => Object.freeze(tensor)),
      ]),
    }),
  });
  const { model: clean } = removeDead.rewrite(made);
  checkModel(clean);
  return Object.freeze({ model: clean, layers: Object.freeze(layers) });
}
