import { valuesOf } from "../element-type.ts";
import type { Dim, OnnxAttribute, OnnxGraph, OnnxNode, OnnxTensor } from "../onnx.ts";
import { malformed, quoted } from "../protobuf.ts";

/** What the steps of a loop are written into. */
export interface StepGround {
  /** The opset that the model states. */
  readonly opset: number;
  readonly fresh: (prefix: string) => string;
  /** Appends a constant to the model, under a name that nothing has. */
  readonly hold: (tensor: OnnxTensor) => void;
  /** Appends a node; why not, where it is a loop that stays or one too many. */
  readonly emit: (node: OnnxNode) => string | undefined;
  /** Whether anything reads a value. */
  readonly isRead: (name: string) => boolean;
  /** Numbers of a value that are known before the graph runs. */
  readonly numbers: (name: string) => ArrayLike<number> | undefined;
  readonly dims: (name: string) => readonly Dim[] | undefined;
}

/** Inner names by outer ones. */
type Names = Map<string, string>;

/** The opsets from which Unsqueeze has its axes as an input, and Scan its present form. */
const [AXES_AS_INPUT, SCAN] = [13, 9];

/** Steps that are written out, however little each does. */
const MOST_STEPS = 5000;
const TOO_MANY = `it has more than ${MOST_STEPS} steps`;

const titleOf = ({ op, name }: OnnxNode): string => `${op} ${quoted(name)}`;

/** Axes and directions of Scan's parts; 0 for each where they are not given. @throws MODEL_MALFORMED for fewer than parts. */
function listOf(node: OnnxNode, name: string, count: number): readonly number[] {
  const given = node.attributes[name];
  if (given?.type !== "ints") return Array.from({ length: count }, () => 0);
  if (given.value.length < count)
    throw malformed(titleOf(node), `${count} numbers as attribute ${name}`, `${given.value.length}`);
  return given.value;
}

/** The graph of a node that takes so many values, and gives as many at least. @throws MODEL_MALFORMED */
function graphOf(node: OnnxNode, name: string, takes: number, gives: number): OnnxGraph {
  const given = node.attributes[name];
  const who = titleOf(node);
  if (given?.type !== "graph")
    throw malformed(who, `a graph as attribute ${name}`, given === undefined ? "none" : `${given.type}`);
  const { inputs, outputs } = given.value;
  if (inputs.length !== takes || outputs.length < gives)
    throw malformed(
      who,
      `a ${name} that takes ${takes} values and gives at least ${gives}`,
      `one that takes ${inputs.length} and gives ${outputs.length}`,
    );
  return given.value;
}

/** A graph within a body, with what it takes from outside under its new names. */
function withNames(graph: OnnxGraph, outside: (name: string) => string): OnnxGraph {
  const own = new Set([
    ...graph.inputs.map(({ name }) => name),
    ...graph.initializers.map(({ name }) => name),
    ...graph.nodes.flatMap(({ outputs }) => outputs),
  ]);
  const named = (name: string): string => (own.has(name) ? name : outside(name));
  return {
    ...graph,
    nodes: graph.nodes.map((node) => ({
      ...node,
      inputs: node.inputs.map(named),
      attributes: attributesWith(node.attributes, named),
    })),
    outputs: graph.outputs.map((one) => ({ ...one, name: named(one.name) })),
  };
}

function attributesWith(
  attributes: OnnxNode["attributes"],
  named: (name: string) => string,
): OnnxNode["attributes"] {
  return Object.fromEntries(
    Object.entries(attributes).map(([key, one]): [string, OnnxAttribute] => [
      key,
      one.type === "graph" ? { ...one, value: withNames(one.value, named) } : one,
    ]),
  );
}

/** Constants of a body, once for all of its steps. */
function heldConstants({ initializers }: OnnxGraph, { fresh, hold }: StepGround): Names {
  const names: Names = new Map();
  for (const tensor of initializers) {
    const name = fresh(tensor.name);
    hold({ ...tensor, name });
    names.set(tensor.name, name);
  }
  return names;
}

/** Writes the nodes of a body once, and gives the names of its results; why not, in words. */
function inlined(
  body: OnnxGraph,
  names: Names,
  step: number,
  { fresh, emit }: StepGround,
): readonly string[] | string {
  const named = (name: string): string => names.get(name) ?? name;
  for (const node of body.nodes) {
    const inputs = node.inputs.map(named);
    const attributes = attributesWith(node.attributes, named);
    const outputs = node.outputs.map((name) => (name === "" ? "" : fresh(`${name}_${step}`)));
    for (const [at, name] of node.outputs.entries()) if (name !== "") names.set(name, outputs[at]!);
    const reason = emit({ ...node, name: fresh(node.name || node.op), inputs, outputs, attributes });
    if (reason !== undefined) return reason;
  }
  return body.outputs.map(({ name }) => named(name));
}

const plain = (op: string, ground: StepGround, inputs: readonly string[], output: string): OnnxNode => ({
  name: ground.fresh(op),
  op,
  domain: "",
  inputs,
  outputs: [output],
  attributes: {},
});

const int = (value: number): OnnxAttribute => ({ type: "int", value });

/** Hands a value on under another name. */
function handed(ground: StepGround, from: string, to: string | undefined): string | undefined {
  if (to === undefined || to === "" || !ground.isRead(to)) return undefined;
  return ground.emit(plain("Identity", ground, [from], to));
}

/** Puts results of all steps one behind another along a new axis. */
function stacked(
  ground: StepGround,
  steps: readonly string[],
  axis: number,
  to: string | undefined,
): string | undefined {
  if (to === undefined || to === "" || !ground.isRead(to)) return undefined;
  if (steps.length === 0) return "it has no step, and its results are read";
  const { fresh, hold, emit } = ground;
  const asInput = ground.opset >= AXES_AS_INPUT;
  const axes = asInput ? fresh("axes") : "";
  if (asInput) hold({ name: axes, elementType: "int64", dims: [1], values: BigInt64Array.of(BigInt(axis)) });
  const parts: string[] = [];
  for (const one of steps) {
    const part = fresh("part");
    const node = plain("Unsqueeze", ground, asInput ? [one, axes] : [one], part);
    const reason = emit(asInput ? node : { ...node, attributes: { axes: { type: "ints", value: [axis] } } });
    if (reason !== undefined) return reason;
    parts.push(part);
  }
  return emit({ ...plain("Concat", ground, parts, to), attributes: { axis: int(axis) } });
}

/** A constant of one number. */
function scalar(
  { fresh, hold }: StepGround,
  elementType: "int64" | "bool",
  value: number,
  dims: readonly number[] = [],
): string {
  const name = fresh(elementType);
  hold({ name, elementType, dims, values: valuesOf(elementType, [value]) });
  return name;
}

function writtenLoop(node: OnnxNode, ground: StepGround): string | undefined {
  const [most = "", condition = "", ...given] = node.inputs;
  const body = graphOf(node, "body", 2 + given.length, 1 + Math.max(given.length, node.outputs.length));
  const count = most === "" ? Infinity : ground.numbers(most)?.[0];
  let goes = condition === "" ? 1 : ground.numbers(condition)?.[0];
  if (count === undefined || goes === undefined)
    return "how many steps it has is known only when the graph runs";
  const constants = heldConstants(body, ground);
  const yes = scalar(ground, "bool", 1, body.inputs[1]?.dims.length === 1 ? [1] : []);
  let state: readonly string[] = given;
  const results: (readonly string[])[] = [];
  for (let step = 0; step < count && goes !== 0; step++) {
    if (step === MOST_STEPS) return TOO_MANY;
    const number = scalar(ground, "int64", step, body.inputs[0]?.dims.length === 1 ? [1] : []);
    const outside = [number, yes, ...state];
    const names: Names = new Map(constants);
    for (const [at, { name }] of body.inputs.entries()) names.set(name, outside[at]!);
    const made = inlined(body, names, step, ground);
    if (typeof made === "string") return made;
    state = made.slice(1, 1 + given.length);
    results.push(made.slice(1 + given.length));
    if (step + 1 === count) break;
    goes = ground.numbers(made[0]!)?.[0];
    if (goes === undefined)
      return `whether it goes on after step ${step + 1} is known only when the graph runs`;
  }
  for (const [at, name] of node.outputs.entries()) {
    const part = at - given.length;
    const reason =
      part < 0
        ? handed(ground, state[at]!, name)
        : stacked(
            ground,
            results.map((one) => one[part]!),
            0,
            name,
          );
    if (reason !== undefined) return reason;
  }
  return undefined;
}

function writtenScan(node: OnnxNode, ground: StepGround): string | undefined {
  if (ground.opset < SCAN)
    return `Scan of opset ${ground.opset} has a batch of its own: export with 9 or newer`;
  const counted = node.attributes["num_scan_inputs"];
  const read = counted?.type === "int" ? counted.value : 0;
  const kept = node.inputs.length - read;
  if (read < 1 || kept < 0)
    throw malformed(titleOf(node), `num_scan_inputs from 1 to its ${node.inputs.length} inputs`, `${read}`);
  const body = graphOf(node, "body", node.inputs.length, Math.max(kept, node.outputs.length));
  const [axes, turned] = [listOf(node, "scan_input_axes", read), listOf(node, "scan_input_directions", read)];
  const read0 = ground.dims(node.inputs[kept]!);
  const steps = read0?.at(axes[0]!);
  if (typeof steps !== "number") return "how long what it reads is is known only when the graph runs";
  if (steps > MOST_STEPS) return TOO_MANY;
  const constants = heldConstants(body, ground);
  let state = node.inputs.slice(0, kept);
  const results: (readonly string[])[] = [];
  for (let step = 0; step < steps; step++) {
    const parts: string[] = [];
    for (let at = 0; at < read; at++) {
      const place = scalar(ground, "int64", turned[at] === 1 ? steps - 1 - step : step);
      const part = ground.fresh("part");
      const gather = plain("Gather", ground, [node.inputs[kept + at]!, place], part);
      const reason = ground.emit({ ...gather, attributes: { axis: int(axes[at]!) } });
      if (reason !== undefined) return reason;
      parts.push(part);
    }
    const outside = [...state, ...parts];
    const names: Names = new Map(constants);
    for (const [at, { name }] of body.inputs.entries()) names.set(name, outside[at]!);
    const made = inlined(body, names, step, ground);
    if (typeof made === "string") return made;
    state = made.slice(0, kept);
    results.push(made.slice(kept));
  }
  const stackedParts = node.outputs.length - kept;
  const along = listOf(node, "scan_output_axes", stackedParts);
  const back = listOf(node, "scan_output_directions", stackedParts);
  for (const [at, name] of node.outputs.entries()) {
    const part = at - kept;
    const own = results.map((one) => one[part]!);
    const reason =
      part < 0
        ? handed(ground, state[at]!, name)
        : stacked(ground, back[part] === 1 ? own.toReversed() : own, along[part]!, name);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

function writtenBranch(node: OnnxNode, ground: StepGround): string | undefined {
  const condition = ground.numbers(node.inputs[0]!)?.[0];
  if (condition === undefined) return "which way it goes is known only when the graph runs";
  const body = graphOf(node, condition === 0 ? "else_branch" : "then_branch", 0, node.outputs.length);
  const made = inlined(body, heldConstants(body, ground), 0, ground);
  if (typeof made === "string") return made;
  for (const [at, name] of node.outputs.entries()) {
    const reason = handed(ground, made[at]!, name);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

/**
 * Operators with graphs of their own, and how each is written without: a loop of so many steps that are known as so many copies of
 * its body, a branch that is known as what it does. Each answers why it stays, or nothing.
 *
 * @throws MODEL_MALFORMED for a node without its graph, or with one that takes or gives other values than the node.
 */
export const WRITTEN_STEPS: Readonly<
  Record<string, (node: OnnxNode, ground: StepGround) => string | undefined>
> = { If: writtenBranch, Loop: writtenLoop, Scan: writtenScan };
