import { inferCall, nodeTitle } from "./call.ts";
import { numbersOf } from "./computable.ts";
import type { ElementType } from "./element-type.ts";
import type { OnnxModel, OnnxNode, OnnxTensor, ValueInfo } from "./onnx.ts";
import type { AttributeValue, OpInput } from "./op/op-definition.ts";
import { isOpName } from "./op/registry.ts";

/** A value while a graph is written in another form: its type, its lengths in a batch of one, its numbers where constant. */
export interface KnownValue {
  readonly elementType: ElementType;
  readonly dims: readonly number[];
  /** Per axis, whether its length follows the batch. */
  readonly open: readonly boolean[];
  readonly constant?: ArrayLike<number>;
}

/** Why a node is not written, and what comes nearest. */
export interface Refusal {
  readonly unsupported: string;
  readonly instead: string;
}

/** Why something is not written, and what comes nearest. */
export function refused(unsupported: string, instead: string): Refusal {
  return Object.freeze({ unsupported, instead });
}

/** What a form cannot say of a batch of any length; the graph is then written for one length. */
export const ONE_BATCH = refused("its shape hangs on the length of the batch", "a batch of one length");

/** Why a graph is not written; node and operator are empty for what concerns the whole graph. */
export interface RefusalReason {
  readonly node: string;
  readonly op: string;
  readonly reason: string;
  /** What comes nearest. */
  readonly instead: string;
}

/** A reason that concerns the whole graph. */
export const wholeReason = (reason: string, instead: string): RefusalReason => ({
  node: "",
  op: "",
  reason,
  instead,
});

/** A value of a walked graph; one that is computed has what a form says of where it lies, which is `Held`. */
export type WalkedValue<Held extends object> = KnownValue & Partial<Held>;

/** An application whose operands are known. */
export interface KnownCall<Held extends object> {
  readonly inputs: readonly (WalkedValue<Held> | undefined)[];
  readonly attributes: Readonly<Record<string, AttributeValue | undefined>>;
  readonly outputs: readonly Pick<KnownValue, "elementType" | "dims" | "open">[];
}

/** What a form does with inputs and nodes. */
export interface KnownWalker<Held extends object> {
  /** Where an input lies, or why it is none. */
  input(info: ValueInfo, value: KnownValue): Held | Refusal;
  /** Writes a node; where its outputs lie, or why it is not written. */
  node(node: OnnxNode, call: KnownCall<Held>): readonly Held[] | Refusal;
}

interface Known<Held extends object> {
  readonly named: OpInput;
  readonly value: WalkedValue<Held>;
  /** That its numbers are known for a batch of one only. */
  readonly hangs?: true;
}

/** These read of a shape only what their output's shape says, which follows the batch. */
const SHAPED: ReadonlySet<string> = new Set(["Expand", "Reshape"]);

const openOf = (dims: readonly (number | string)[]): readonly boolean[] =>
  dims.map((dim) => typeof dim === "string");

/** The numbers of an initialiser; int64 that no number of ours holds exactly stay as near as one comes. */
const constantOf = (tensor: OnnxTensor): ArrayLike<number> =>
  tensor.values instanceof Float32Array || tensor.values instanceof Float64Array
    ? tensor.values
    : numbersOf(tensor);

/** A value that lies nowhere. */
const constantValue = <Held extends object>(value: KnownValue): WalkedValue<Held> =>
  value as WalkedValue<Held>;

function typeOf(value: KnownValue | undefined): OpInput | undefined {
  return (
    value && {
      elementType: value.elementType,
      dims: value.dims,
      ...(value.constant && { constant: value.constant }),
    }
  );
}

/** The outputs' values where every input is known. */
function evaluated(
  node: OnnxNode,
  inputs: readonly (KnownValue | undefined)[],
  graph: string,
): readonly Float64Array[] | undefined {
  if (inputs.some((input) => input !== undefined && input.constant === undefined)) return undefined;
  const known = inputs.map((input) => input && { ...input, values: Float64Array.from(input.constant!) });
  const { definition, attributes, outputs } = inferCall(node, inputs.map(typeOf), graph);
  const shapes = outputs.map(({ elementType, dims }) => ({ elementType, dims: dims as readonly number[] }));
  return definition.evaluate({ inputs: known, attributes, outputs: shapes });
}

/**
 * Goes through a graph in the order in which it runs, knowing every shape twice: with the batch as a name, and of a batch
 * of one. What is constant is computed here and never reaches the walker.
 *
 * @param named the graph with its batch as a name.
 * @param one the same graph with a batch of one.
 * @returns the graph's outputs; all reasons why there are none; or {@link ONE_BATCH} where the form needs to know the batch.
 */
export function walkKnown<Held extends object>(
  named: OnnxModel,
  one: OnnxModel,
  walker: KnownWalker<Held>,
):
  | { readonly outputs: readonly WalkedValue<Held>[] }
  | { readonly reasons: readonly RefusalReason[] }
  | Refusal {
  const known = new Map<string, Known<Held>>();
  const reasons: RefusalReason[] = [];
  const { graph } = named;
  const defaults = new Set(graph.initializers.map(({ name }) => name));
  for (const tensor of graph.initializers) {
    const { name, elementType, dims } = tensor;
    const constant = constantOf(tensor);
    const value = constantValue<Held>({ elementType, dims, open: dims.map(() => false), constant });
    known.set(name, { named: { elementType, dims, constant }, value });
  }
  for (const [at, info] of graph.inputs.entries()) {
    if (defaults.has(info.name)) continue;
    const { elementType, dims } = info;
    const value = { elementType, dims: one.graph.inputs[at]!.dims as readonly number[], open: openOf(dims) };
    const held = walker.input(info, value);
    if ("unsupported" in held) reasons.push(wholeReason(held.unsupported, held.instead));
    else known.set(info.name, { named: { elementType, dims }, value: { ...value, ...held } });
  }
  for (const node of graph.nodes) {
    // What comes of a refused node says nothing new.
    if (node.inputs.some((name) => name !== "" && !known.has(name))) continue;
    const made = walkNode(node, graph.name, known, walker);
    if (made === ONE_BATCH) return ONE_BATCH;
    if (made !== undefined)
      reasons.push({ node: node.name, op: node.op, reason: made.unsupported, instead: made.instead });
  }
  if (reasons.length > 0) return { reasons };
  if (graph.outputs.some(({ name }) => known.get(name)!.hangs)) return ONE_BATCH;
  return { outputs: graph.outputs.map(({ name }) => known.get(name)!.value) };
}

function walkNode<Held extends object>(
  node: OnnxNode,
  graph: string,
  known: Map<string, Known<Held>>,
  walker: KnownWalker<Held>,
): Refusal | undefined {
  const inputs = node.inputs.map((name) => (name === "" ? undefined : known.get(name)!));
  const operands = inputs.map((input) => input?.value);
  if (!isOpName(node.op)) return refused(`${nodeTitle(node, graph)} is no operator that we know`, "others");
  const { outputs: types } = inferCall(
    node,
    inputs.map((input) => input?.named),
    graph,
  );
  const { attributes, outputs } = inferCall(node, operands.map(typeOf), graph);
  const shapes = outputs.map(({ elementType, dims }, at) => ({
    elementType,
    dims: dims as readonly number[],
    open: openOf(types[at]!.dims),
  }));
  const constants = evaluated(node, operands, graph) ?? outputs.map(({ constant }) => constant);
  const define = (at: number, value: WalkedValue<Held>, hangs = false): void => {
    const name = node.outputs[at]!;
    if (name === "") return;
    const { elementType, dims, constant, lengths } = types[at]!;
    known.set(name, {
      named: { elementType, dims, ...(constant && { constant }), ...(lengths && { lengths }) },
      value,
      ...(hangs && { hangs }),
    });
  };
  if (constants.every((numbers) => numbers !== undefined)) {
    const fixed = inputs.every(
      (input) => input === undefined || (input.value.constant !== undefined && !input.hangs),
    );
    for (const [at, type] of types.entries())
      define(
        at,
        constantValue({ ...shapes[at]!, constant: constants[at]! }),
        !fixed && type.constant === undefined,
      );
    return undefined;
  }
  if (!SHAPED.has(node.op) && inputs.some((input) => input?.hangs)) return ONE_BATCH;
  const made = walker.node(node, { inputs: operands, attributes, outputs: shapes });
  if ("unsupported" in made) return made;
  const missing = node.outputs.findIndex((name, at) => name !== "" && at >= made.length);
  if (missing >= 0)
    return refused(`its output ${missing + 1}, "${node.outputs[missing]}", is read`, "its first one alone");
  for (const [at, held] of made.entries())
    if ((node.outputs[at] ?? "") !== "") define(at, { ...shapes[at]!, ...held });
  return undefined;
}
