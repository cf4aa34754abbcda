import { checkModel, elementCount, type OnnxModel, type OnnxNode, type OnnxTensor } from "@tideline/graph";
import { tidelineError } from "@tideline/spec";
import type { OutputActivation } from "../inference-graph.ts";
import type { TrainedConstant } from "./graph-weight.ts";
import { narrowed, wholeForm, wholeNumbers, wholeTensor, widened, type WholeForm } from "./whole-weight.ts";
import { wholeWeights, type WholeWeights } from "./widened-weight.ts";

/** Numbers of a graph that training changes. */
export interface TrainedNumbers {
  /** The constant that holds them. */
  readonly tensor: string;
  readonly dims: readonly number[];
  /** What they are in the graph. */
  readonly values: Float32Array;
  /** Weights that stay zero. */
  readonly mask: Float32Array | undefined;
  /** How they are rounded, where they are whole numbers in the graph; biases of 32 bits are not worth it. */
  readonly rounding: WholeForm | undefined;
  /** The constant with other numbers. */
  store(values: Float32Array): OnnxTensor;
}

/** How a node is written while training. */
export type NodePlan =
  | { readonly kind: "plain"; readonly node: OnnxNode }
  /** A batch normalisation with constant statistics: its scope. */
  | { readonly kind: "norm"; readonly node: OnnxNode; readonly scope: string }
  /** Whole weights that become floating-point ones: the name of their numbers. */
  | { readonly kind: "weight"; readonly node: OnnxNode; readonly name: string }
  /** Whole weights that are not trained, in floating point. */
  | {
      readonly kind: "fixed";
      readonly node: OnnxNode;
      readonly values: Float32Array;
      readonly dims: readonly number[];
    }
  /** Values that are rounded to whole numbers. */
  | { readonly kind: "round"; readonly node: OnnxNode; readonly form: WholeForm }
  /** Whole numbers that become floating-point ones again. */
  | { readonly kind: "widen"; readonly node: OnnxNode };

/** A graph as it is written while training. */
export interface GraphPlan {
  readonly nodes: readonly NodePlan[];
  readonly constants: ReadonlyMap<string, OnnxTensor>;
  /** The value that is the scores. */
  readonly scores: string;
  readonly activation: OutputActivation;
  /** By the full names of parameters and states. */
  readonly numbers: ReadonlyMap<string, TrainedNumbers>;
  /** The names of parameters of the constants that nodes read as they are. */
  readonly parameterOf: ReadonlyMap<string, string>;
}

/** What a plan is made with. */
export interface GraphPlanOptions {
  readonly output: string | undefined;
  readonly trained: TrainedConstant;
  readonly masks: ReadonlyMap<string, Float32Array>;
  readonly origin: OnnxModel | undefined;
}

function invalid(field: string, expected: string, received: string): Error {
  return tidelineError("ARGUMENT_INVALID", { who: "graphNet", field, expected, received });
}

/** The value that holds the scores, and what makes the output of it. */
function scoresOf(
  { graph }: OnnxModel,
  wanted: string | undefined,
): { scores: string; activation: OutputActivation } {
  const names = graph.outputs.map(({ name }) => name);
  const output = wanted ?? (names.length === 1 ? names[0]! : undefined);
  if (output === undefined || !names.includes(output))
    throw invalid("output", `one of ${names.join(", ")}`, wanted ?? "none");
  const maker = graph.nodes.find(({ outputs }) => outputs.includes(output));
  const rank = graph.outputs.find(({ name }) => name === output)!.dims.length;
  const axis = maker?.attributes["axis"];
  const last = axis === undefined || (axis.type === "int" && (axis.value === -1 || axis.value === rank - 1));
  if (maker?.op === "Softmax" && last) return { scores: maker.inputs[0]!, activation: "softmax" };
  if (maker?.op === "Sigmoid") return { scores: maker.inputs[0]!, activation: "sigmoid" };
  return { scores: output, activation: "none" };
}

/** The nodes that a value depends on, in their order. */
function behind({ graph }: OnnxModel, value: string): readonly OnnxNode[] {
  const needed = new Set([value]);
  return graph.nodes
    .toReversed()
    .filter(({ inputs, outputs }) => {
      if (!outputs.some((name) => needed.has(name))) return false;
      for (const name of inputs) needed.add(name);
      return true;
    })
    .toReversed();
}

/** A name that a parameter may have. */
const plainName = (name: string): string => name.replaceAll(/[^\w.-]/g, "_");

/**
 * Settles how each node of a graph is written while training, and which constants are trained.
 *
 * @throws as `graphNet`.
 */
export function graphPlan(model: OnnxModel, { output, trained, masks, origin }: GraphPlanOptions): GraphPlan {
  const types = checkModel(model);
  const { graph } = model;
  const fed = new Set(graph.inputs.map(({ name }) => name));
  const constants = new Map(
    graph.initializers.filter(({ name }) => !fed.has(name)).map((tensor) => [tensor.name, tensor]),
  );
  const { scores, activation } = scoresOf(model, output);
  const used = behind(model, scores);
  const { whole, written } = wholeWeights(used, constants);
  const numbers = new Map<string, TrainedNumbers>();
  const parameterOf = new Map<string, string>();
  const rounded = new Set<string>();
  const latent = originWeights(origin);
  const add = (name: string, tensor: OnnxTensor): string => {
    const mask = masks.get(tensor.name);
    if (mask !== undefined && mask.length !== tensor.values.length)
      throw invalid(`masks "${tensor.name}"`, `${tensor.values.length} numbers`, String(mask.length));
    const values = Float32Array.from(tensor.values as Float32Array);
    const store = (next: Float32Array): OnnxTensor =>
      Object.freeze({ ...tensor, values: next.map((value, at) => (mask?.[at] === 0 ? 0 : value)) });
    numbers.set(name, { tensor: tensor.name, dims: tensor.dims, values, mask, rounding: undefined, store });
    return name;
  };
  /** Whole weights: trained where what reads them says so. */
  const storedPlan = (node: OnnxNode, order: number, { tensor, form }: WholeWeights): NodePlan => {
    const reader = readerOf(used, node);
    if (reader === undefined || !trained(tensor, reader.node, reader.input)) {
      const values = widened(form, wholeNumbers(tensor));
      return { kind: "fixed", node, values, dims: tensor.dims };
    }
    const name = `${order}.${plainName(tensor.name)}`;
    numbers.set(name, wholeNumbersOf(tensor, form, latent(reader.node, reader.input)));
    return { kind: "weight", node, name };
  };
  const nodes = written.map((node, order): NodePlan => {
    const stored = whole.get(node);
    if (stored !== undefined) return storedPlan(node, order, stored);
    if (node.domain === "" && node.op === "DequantizeLinear") {
      if (rounded.has(node.inputs[0]!)) return { kind: "widen", node };
      throw unknownRounding(node);
    }
    if (node.domain === "" && node.op === "QuantizeLinear") {
      const type = types.get(node.outputs[0]!)!;
      const one = constants.get(node.inputs[1]!)?.values.length === 1;
      const form = one ? wholeForm(node, type.elementType, [], (name) => constants.get(name)) : undefined;
      const readers = graph.nodes.filter(({ inputs }) => inputs.includes(node.outputs[0]!));
      if (form === undefined || readers.some(({ op }) => op !== "DequantizeLinear"))
        throw unknownRounding(node);
      rounded.add(node.outputs[0]!);
      return { kind: "round", node, form };
    }
    const stats = node.inputs.slice(1).map((name) => constants.get(name));
    const rank = types.get(node.inputs[0] ?? "")?.dims.length ?? 0;
    if (
      node.op === "BatchNormalization" &&
      rank > 1 &&
      stats.every((one) => one?.elementType === "float32")
    ) {
      const scope = `${order}.norm`;
      for (const [at, part] of ["scale", "bias", "mean", "variance"].entries())
        add(`${scope}/${part}`, stats[at]!);
      return { kind: "norm", node, scope };
    }
    for (const [input, name] of node.inputs.entries()) {
      const tensor = constants.get(name);
      if (tensor?.elementType !== "float32" || elementCount(tensor.dims) === 0) continue;
      if (trained(tensor, node, input) && !parameterOf.has(name))
        parameterOf.set(name, add(`${order}.${plainName(name)}`, tensor));
    }
    return { kind: "plain", node };
  });
  for (const name of masks.keys())
    if (![...numbers.values()].some(({ tensor }) => tensor === name))
      throw invalid("masks", "constants that are trained", `"${name}"`);
  if (numbers.size === 0) throw invalid("model", "a constant to train", "none");
  return { nodes, constants, scores, activation, numbers, parameterOf };
}

function unknownRounding({ op, name }: OnnxNode): Error {
  return tidelineError("MODEL_UNSUPPORTED", {
    who: "graphNet",
    field: `${op} node "${name}"`,
    expected: "a QuantizeLinear whose result a DequantizeLinear reads, or weights, with constant scales",
    received: "another form",
  });
}

/** Steps by which rounding may move a weight: compensated rounding and cut ranges move some by more than half a step. */
const FAR = 4;

/** Weights as blocks along one of their axes hold them, with zeros for what the last one lacks; others as they are. */
function inBlocks({ dims, values }: OnnxTensor, parted: readonly number[]): Float32Array {
  const given = values as Float32Array;
  const axis = dims.findIndex((length, at) => {
    const others = dims.toSpliced(at, 1).join() === parted.toSpliced(at, 2).join();
    return others && parted.length > dims.length && parted[at]! * parted[at + 1]! > length;
  });
  if (axis < 0) return given;
  const inner = elementCount(dims.slice(axis + 1));
  const [from, to] = [dims[axis]! * inner, parted[axis]! * parted[axis + 1]! * inner];
  const longer = new Float32Array(elementCount(parted));
  for (const [at, value] of given.entries()) longer[Math.floor(at / from) * to + (at % from)] = value;
  return longer;
}

/** Whole weights as trained numbers. */
function wholeNumbersOf(tensor: OnnxTensor, form: WholeForm, latent: OnnxTensor | undefined): TrainedNumbers {
  const rounded = widened(form, wholeNumbers(tensor));
  const exact = latent?.elementType === "float32" ? inBlocks(latent, tensor.dims) : undefined;
  // Weights that the rounded ones cannot come from are those of another graph, or were evened out before.
  const near =
    exact?.length === rounded.length &&
    exact.every((value, at) => Math.abs(value - rounded[at]!) <= FAR * (form.scale[at] ?? form.scale[0]!));
  return {
    tensor: tensor.name,
    dims: tensor.dims,
    values: near ? exact.slice() : rounded,
    mask: undefined,
    rounding: form.elementType === "int32" ? undefined : form,
    store: (values) => wholeTensor(tensor, narrowed(form, values)),
  };
}

/** Weights of the graph that one of whole numbers was made from, by node and input. */
function originWeights(
  origin: OnnxModel | undefined,
): (node: OnnxNode, input: number) => OnnxTensor | undefined {
  // Nodes of one name are the same one; what has no name is known by what it makes.
  const keyOf = ({ name, outputs }: OnnxNode): string => (name === "" ? `/${outputs[0]}` : name);
  const constants = new Map(origin?.graph.initializers.map((tensor) => [tensor.name, tensor]));
  const nodes = new Map(origin?.graph.nodes.map((node) => [keyOf(node), node]));
  return (node, input) => constants.get(nodes.get(keyOf(node))?.inputs[input] ?? "");
}

/** What moves widened weights to where they are read, as blocks are. */
const MOVES: ReadonlySet<string> = new Set(["Reshape", "Slice"]);

/** The node that reads a widened constant, and as which input. */
function readerOf(
  nodes: readonly OnnxNode[],
  widening: OnnxNode,
): { readonly node: OnnxNode; readonly input: number } | undefined {
  const name = widening.outputs[0]!;
  const node = nodes.find(({ inputs }) => inputs.includes(name));
  if (node !== undefined && MOVES.has(node.op)) return readerOf(nodes, node);
  return node && { node, input: node.inputs.indexOf(name) };
}
