import { bindDims } from "../bind-dims.ts";
import { inferCall, nodeTitle } from "../call.ts";
import { elementCount, type OnnxGraph, type OnnxModel, type OnnxNode } from "../onnx.ts";
import type { OpInput } from "../op/op-definition.ts";
import { isOpName } from "../op/registry.ts";
import { closed, liteEmitter, type LiteEmitter } from "./emitter.ts";
import { lowNames, ownEnd, type LiteEnd } from "./lite-end.ts";
import type { LiteGraph, LiteTensor } from "./lite-graph.ts";
import { INPUT_SPAN } from "./double/span.ts";
import { constantPair, lowOf, pairOf } from "./double/pair.ts";
import { liteTypeOf } from "./lite-type.ts";
import { lowerDouble } from "./lower/double.ts";
import { ONE_BATCH } from "./lower/movement.ts";
import {
  plainValue,
  refused,
  type LiteCall,
  type LiteRefusal,
  type LiteRule,
  type LiteValue,
} from "./lowering.ts";
import { cast } from "./primitive.ts";
import { LITERT_RULES } from "./registry.ts";

/** Why a node keeps a graph from being a LiteRT file; node and operator are empty for what concerns the whole graph. */
export interface LiteReason {
  readonly node: string;
  readonly op: string;
  readonly reason: string;
  /** What comes nearest. */
  readonly instead: string;
}

/** A graph of LiteRT operators and what its tensors hold, or all reasons why there is none. */
export type Lowered =
  | {
      readonly graph: LiteGraph;
      /** The graph's inputs and outputs, by the names that the app knows. */
      readonly inputs: readonly LiteEnd[];
      readonly outputs: readonly LiteEnd[];
      /** Whether a runtime may resize the batch. */
      readonly resizable: boolean;
      /** Which value of the graph a tensor holds, with its axes in which order. */
      readonly values: ReadonlyMap<LiteTensor, { readonly name: string; readonly order: readonly number[] }>;
    }
  | { readonly reasons: readonly LiteReason[] };

const RULES: Readonly<Record<string, LiteRule>> = LITERT_RULES;

/** A value in both graphs: with the batch as a name, and with a batch of one. */
interface Known {
  readonly named: OpInput;
  readonly value: LiteValue;
  /** That its numbers are known for a batch of one only. */
  readonly hangs?: true;
}

/** These read of a shape only what their output's shape says, which follows the batch. */
const SHAPED: ReadonlySet<string> = new Set(["Expand", "Reshape"]);

const openOf = (dims: readonly (number | string)[]): readonly boolean[] =>
  dims.map((dim) => typeof dim === "string");

/** Names of lengths that are no batch: not the first of an input, whose number must be given. */
function strangeNames({ inputs }: OnnxGraph): readonly string[] {
  const behind = inputs.flatMap(({ dims }) => dims.slice(1).filter((dim) => typeof dim === "string"));
  return [...new Set(behind)];
}

/** The numbers of an initialiser; int64 that no number of ours holds exactly stay as near as one comes. */
const numbersOf = (values: ArrayLike<number | bigint>): ArrayLike<number> =>
  values instanceof Float32Array || values instanceof Float64Array ? values : Array.from(values, Number);

/** The outputs' values where every input is known. */
function evaluated(
  node: OnnxNode,
  inputs: readonly (LiteValue | undefined)[],
  graph: string,
): readonly Float64Array[] | undefined {
  if (inputs.some((input) => input !== undefined && input.constant === undefined)) return undefined;
  const known = inputs.map((input) => input && { ...input, values: Float64Array.from(input.constant!) });
  const { definition, attributes, outputs } = inferCall(node, inputs.map(typeOf), graph);
  const shapes = outputs.map(({ elementType, dims }) => ({ elementType, dims: dims as readonly number[] }));
  return definition.evaluate({ inputs: known, attributes, outputs: shapes });
}

function typeOf(value: LiteValue | undefined): OpInput | undefined {
  return (
    value && {
      elementType: value.elementType,
      dims: value.dims,
      ...(value.constant && { constant: value.constant }),
    }
  );
}

/** What a graph's ends are: integers of 64 bits become 32, which every interface of LiteRT takes. */
function endType(elementType: LiteValue["elementType"], wide: boolean): LiteTensor["type"] | undefined {
  const type = liteTypeOf(elementType);
  if (type === "FLOAT64") return "FLOAT32";
  return type === "INT64" && !wide ? "INT32" : type;
}

/**
 * A graph as operators of LiteRT, its layers as the runtime wants their axes.
 *
 * @throws GRAPH_ILLEGAL, MODEL_UNSUPPORTED as `checkModel`.
 */
export function lowerGraph(
  model: OnnxModel,
  {
    wideIntegers,
    lengths,
  }: { readonly wideIntegers: boolean; readonly lengths: Readonly<Record<string, number>> },
): Lowered {
  const given = Object.keys(lengths).length === 0 ? model : bindDims(model, lengths);
  const strange = strangeNames(given.graph);
  if (strange.length > 0)
    return {
      reasons: [whole(`lengths ${strange.join(", ")} are not known`, "a number for each, in `lengths`")],
    };
  const names = new Set(
    given.graph.inputs.flatMap(({ dims }) => dims.filter((dim) => typeof dim === "string")),
  );
  const one =
    names.size === 0 ? given : bindDims(given, Object.fromEntries([...names].map((name) => [name, 1])));
  if (names.size > 0) {
    const open = lowerWith(given, one, wideIntegers);
    if (open !== ONE_BATCH) return open as Lowered;
  }
  return lowerWith(one, one, wideIntegers) as Lowered;
}

const whole = (reason: string, instead: string): LiteReason => ({ node: "", op: "", reason, instead });

/** `named` has the batch as a name, `one` a batch of one; gives `ONE_BATCH` where the first cannot be written. */
function lowerWith(named: OnnxModel, one: OnnxModel, wide: boolean): Lowered | LiteRefusal {
  const e = liteEmitter();
  const known = new Map<string, Known>();
  const reasons: LiteReason[] = [];
  const inputs: LiteEnd[] = [];
  const values = new Map<LiteTensor, { readonly name: string; readonly order: readonly number[] }>();
  const { graph } = named;
  const defaults = new Set(graph.initializers.map(({ name }) => name));
  const lowName = lowNames(graph);

  for (const { name, elementType, dims, values: numbers } of graph.initializers) {
    const constant = numbersOf(numbers as ArrayLike<number | bigint>);
    known.set(name, {
      named: { elementType, dims, constant },
      value: { elementType, dims, open: closed(dims), constant },
    });
  }
  for (const [at, { name, elementType, dims }] of graph.inputs.entries()) {
    if (defaults.has(name)) continue;
    const type = endType(elementType, wide);
    if (type === undefined) {
      const texts = elementType === "string";
      reasons.push(
        whole(
          `input "${name}" is ${elementType}`,
          texts
            ? "int32 ids: the app looks texts up in the dictionary (`textDictionaries`)"
            : "float32 or int32",
        ),
      );
      continue;
    }
    const shape = { dims: one.graph.inputs[at]!.dims as readonly number[], open: openOf(dims) };
    if (elementCount(shape.dims) === 0 || shape.open.filter(Boolean).length > 1) {
      reasons.push(whole(`input "${name}" has no elements or several lengths of the batch`, "another shape"));
      continue;
    }
    const tensor: LiteTensor = { name, type, ...shape };
    inputs.push({ name, tensor });
    e.name(name);
    const order = shape.dims.map((_, axis) => axis);
    values.set(tensor, { name, order });
    const named = { elementType, dims };
    if (elementType === "float64") {
      const low: LiteTensor = { name: lowName(name), type, ...shape };
      inputs.push({ name: low.name, tensor: low, lowOf: name });
      const { high, ...double } = pairOf(e, tensor, low, INPUT_SPAN);
      known.set(name, { named, value: { elementType, ...shape, tensor: high, order, double } });
      continue;
    }
    const inner = cast(e, tensor, liteTypeOf(elementType)!);
    known.set(name, { named, value: { elementType, ...shape, tensor: inner } });
  }

  for (const node of graph.nodes) {
    // What comes of a refused node says nothing new.
    if (node.inputs.some((name) => name !== "" && !known.has(name))) continue;
    const made = lowerNode(e, node, graph.name, known, values);
    if (made === ONE_BATCH) return ONE_BATCH;
    if (made !== undefined)
      reasons.push({ node: node.name, op: node.op, reason: made.unsupported, instead: made.instead });
  }
  if (reasons.length > 0) return { reasons };

  if (graph.outputs.some(({ name }) => known.get(name)!.hangs)) return ONE_BATCH;
  const outputs = graph.outputs.flatMap(({ name }): readonly LiteEnd[] => {
    const { value } = known.get(name)!;
    e.name(`${name}/end`);
    if (value.elementType !== "float64") {
      const inner = plainValue(e, value);
      return [{ name, tensor: ownEnd(e, cast(e, inner, endType(value.elementType, wide)!), inputs) }];
    }
    const pair =
      value.tensor === undefined
        ? constantPair(e, value.constant!, value.dims)
        : { high: value.tensor, ...value.double! };
    const high = { name, tensor: ownEnd(e, pair.high, inputs) };
    if (pair.low === undefined) return [high];
    return [high, { name: lowName(name), tensor: ownEnd(e, lowOf(e, pair), inputs), lowOf: name }];
  });
  return {
    graph: {
      inputs: inputs.map(({ tensor }) => tensor),
      outputs: outputs.map(({ tensor }) => tensor),
      operators: e.operators,
    },
    inputs,
    outputs,
    resizable: inputs.some(({ tensor }) => tensor.open.includes(true)),
    values,
  };
}

/** Writes a node, or says why not. */
function lowerNode(
  e: LiteEmitter,
  node: OnnxNode,
  graph: string,
  known: Map<string, Known>,
  values: Map<LiteTensor, { readonly name: string; readonly order: readonly number[] }>,
): LiteRefusal | undefined {
  const title = nodeTitle(node, graph);
  const inputs = node.inputs.map((name) => (name === "" ? undefined : known.get(name)!));
  const operands = inputs.map((input) => input?.value);
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
  const rule = RULES[node.op];
  if (!isOpName(node.op) || rule === undefined)
    return refused(`${title} is no operator that we know`, "others");
  const define = (at: number, value: LiteValue, hangs = false): void => {
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
      define(at, { ...shapes[at]!, constant: constants[at]! }, !fixed && type.constant === undefined);
    return undefined;
  }
  const untyped = [...operands, ...shapes].find(
    (value) =>
      value !== undefined && value.elementType !== "float64" && liteTypeOf(value.elementType) === undefined,
  );
  if (untyped) return refused(`it has ${untyped.elementType}`, "int32, int64 or float32");
  if (shapes.some(({ dims }) => elementCount(dims) === 0)) return refused("an empty tensor", "none");
  if (typeof rule !== "function") return rule;
  if (!SHAPED.has(node.op) && inputs.some((input) => input?.hangs)) return ONE_BATCH;
  e.name(node.outputs.find((name) => name !== "")!);
  const call: LiteCall = { e, inputs: operands, attributes, outputs: shapes };
  const double = [...operands, ...shapes].some((value) => value?.elementType === "float64");
  const made = double ? lowerDouble(node.op, call, rule) : rule(call);
  if ("unsupported" in made) return made;
  const missing = node.outputs.findIndex((name, at) => name !== "" && at >= made.length);
  if (missing >= 0)
    return refused(`its output ${missing + 1}, "${node.outputs[missing]}", is read`, "its first one alone");
  for (const [at, result] of made.entries()) {
    if ((node.outputs[at] ?? "") === "") continue;
    const { tensor, order, ...rest } =
      "tensor" in result ? result : { tensor: result, order: shapes[at]!.dims.map((_, i) => i) };
    if (!values.has(tensor)) values.set(tensor, { name: node.outputs[at]!, order });
    define(at, { ...shapes[at]!, tensor, order, ...rest });
  }
  return undefined;
}
