import { loadTable, TABLE_LIMITS } from "@tideline/predict";
import { messageOf } from "@tideline/spec";
import { inferCall } from "../call.ts";
import { isNibble, numbersOf } from "../computable.ts";
import { elementCount, type OnnxGraph, type OnnxNode, type ValueInfo } from "../onnx.ts";
import { isOpName } from "../op/registry.ts";
import { encodeTable, type NamedView } from "./encode.ts";
import { tableEmitter, type Emitter } from "./emitter.ts";
import { dropUnused, fuseActivations } from "./fuse.ts";
import type { Known, Lowering, Unlowered } from "./lowering.ts";
import { planMemory } from "./plan.ts";
import { TABLE_LOWERINGS } from "./registry.ts";
import { isDense, viewOf } from "./view.ts";

/** Why a node keeps a graph from being a table. Node and operator are empty for what concerns the whole graph. */
export interface TableReason {
  readonly node: string;
  readonly op: string;
  readonly reason: string;
}

/** A table, or all reasons why there is none. */
export type TableResult =
  | { readonly ok: true; readonly bytes: Uint8Array }
  | { readonly ok: false; readonly reasons: readonly TableReason[] };

/** What a table is to hold. */
export interface TableOptions {
  /** Names of the graph's outputs, the model's answer first; all of them by default. */
  readonly outputs?: readonly string[];
  /** Names of the classes, in the order of the first output's last axis. */
  readonly labels?: readonly string[];
}

/** The nodes that the outputs need, in order. */
function neededNodes(graph: OnnxGraph, outputs: readonly string[]): readonly OnnxNode[] {
  const wanted = new Set(outputs);
  return graph.nodes
    .toReversed()
    .filter((node) => {
      const needed = node.outputs.some((name) => wanted.has(name));
      if (needed) for (const name of node.inputs) wanted.add(name);
      return needed;
    })
    .toReversed();
}

/** The shape of one row: a name for the first length is the batch, which is 1. */
function rowDims({ dims }: ValueInfo): readonly number[] | undefined {
  const row = dims.map((dim, axis) => (typeof dim === "string" && axis === 0 ? 1 : dim));
  return row.every((dim) => typeof dim === "number" && dim > 0) ? (row as number[]) : undefined;
}

/** Bytes of the text section that holds some names. */
function textBytes(names: readonly string[]): number {
  return names.reduce((sum, name) => sum + new TextEncoder().encode(name).length + 1, 0);
}

/** A value that is known when the table is written. */
function constantOf(
  emitter: Emitter,
  type: Pick<Known, "elementType" | "dims">,
  values: ArrayLike<number | bigint>,
): Known {
  const numbers = Float64Array.from(values, Number);
  const { elementType, dims } = type;
  return { elementType, dims, constant: numbers, view: emitter.constant(Float32Array.from(numbers), dims) };
}

/** The outputs of a node: evaluated where its inputs are constants, else as instructions; or why not. */
function lowerNode(
  emitter: Emitter,
  node: OnnxNode,
  inputs: readonly (Known | undefined)[],
  graph: string,
): readonly Known[] | string {
  const { definition, attributes, outputs: types } = inferCall(node, inputs, graph);
  const outputs = types.map(({ elementType, dims }) => ({ elementType, dims: dims as readonly number[] }));
  if (outputs.some(({ dims }) => elementCount(dims) === 0)) return "an empty tensor";
  if (inputs.every((input) => input === undefined || input.constant !== undefined)) {
    const tensors = inputs.map((input) => input && { ...input, values: input.constant! });
    const values = definition.evaluate({ inputs: tensors, attributes, outputs });
    return outputs.map((type, at) => constantOf(emitter, type, values[at]!));
  }
  const lower: Lowering | Unlowered = TABLE_LOWERINGS[node.op as keyof typeof TABLE_LOWERINGS];
  if (typeof lower !== "function") return lower.unlowered;
  const views = lower({ emitter, inputs, attributes, outputs });
  return typeof views === "string" ? views : outputs.map((type, at) => ({ ...type, view: views[at]! }));
}

/**
 * Writes a graph as a compact model table (docs/format/model-table.md) for one row. Shapes must be known but for the
 * batch, a name for the first length of the input; what the outputs do not need is left out, constants are
 * folded, slices and transposes read in place, waves of a spectrum recognised. The bytes are loaded once, so that what
 * is written can be read.
 *
 * @returns the bytes, or a reason for each node that a table cannot hold.
 *
 * @example
 * const result = writeTable(readOnnx(bytes).graph, { outputs: ["probabilities"], labels });
 * if (!result.ok) throw new Error(result.reasons.map(({ node, reason }) => `${node}: ${reason}`).join("; "));
 */
export function writeTable(graph: OnnxGraph, options: TableOptions = {}): TableResult {
  const { outputs = graph.outputs.map(({ name }) => name), labels = [] } = options;
  const refuse = (reason: string): TableResult => ({ ok: false, reasons: [{ node: "", op: "", reason }] });
  const strange = outputs.find((name) => !graph.outputs.some((output) => output.name === name));
  if (strange !== undefined || outputs.length === 0)
    return refuse(strange === undefined ? "no output" : `"${strange}" is not one of the graph's outputs`);
  const initial = new Set(graph.initializers.map(({ name }) => name));
  const inputs = graph.inputs.filter(({ name }) => !initial.has(name));
  const [input] = inputs;
  if (input === undefined || inputs.length > 1)
    return refuse(`one input is needed, and there are ${inputs.length}`);
  const dims = rowDims(input);
  if (input.elementType !== "float32" || dims === undefined)
    return refuse(`input "${input.name}" must be float32 of known lengths behind its batch`);
  const names = [input.name, ...outputs, ...labels];
  if (names.some((name) => name.includes("\0"))) return refuse("a name with U+0000");
  if (textBytes(names) > TABLE_LIMITS.text)
    return refuse(`names and labels of ${textBytes(names)} bytes, above ${TABLE_LIMITS.text}`);

  const emitter = tableEmitter();
  const known = new Map<string, Known>();
  for (const tensor of graph.initializers)
    known.set(tensor.name, constantOf(emitter, tensor, isNibble(tensor) ? numbersOf(tensor) : tensor.values));
  const given = viewOf({ size: elementCount(dims) }, dims);
  known.set(input.name, { elementType: "float32", dims, view: given });

  const reasons: TableReason[] = [];
  for (const node of neededNodes(graph, outputs)) {
    // What comes of a refused node says nothing new.
    if (node.inputs.some((name) => name !== "" && !known.has(name))) continue;
    let result: readonly Known[] | string;
    try {
      result = lowerNode(
        emitter,
        node,
        node.inputs.map((name) => known.get(name)),
        graph.name,
      );
    } catch (error) {
      if (isOpName(node.op) && (error as { code?: unknown }).code === undefined) throw error;
      result = messageOf(error);
    }
    if (typeof result === "string") reasons.push({ node: node.name, op: node.op, reason: result });
    else for (const [at, name] of node.outputs.entries()) known.set(name, result[at]!);
  }
  if (reasons.length > 0) return { ok: false, reasons };

  const ends: NamedView[] = [];
  for (const name of outputs) {
    const value = known.get(name);
    if (value === undefined) return refuse(`output "${name}" is not computed`);
    ends.push({ name, view: isDense(value.view) ? value.view : emitter.dense(value.view) });
  }
  const kept = ends.map(({ view }) => view.store);
  const instructions = fuseActivations(dropUnused(emitter.instructions, kept), kept);
  const plan = planMemory(instructions, given.store, kept);
  const bytes = encodeTable({
    instructions,
    plan,
    input: { name: input.name, view: given },
    outputs: ends,
    labels,
  });
  try {
    loadTable(bytes);
  } catch (error) {
    return refuse(messageOf(error));
  }
  return { ok: true, bytes };
}
