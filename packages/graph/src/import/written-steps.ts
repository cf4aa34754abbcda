import { OPSET, type OnnxGraph, type OnnxModel, type OnnxNode, type OnnxTensor } from "../onnx.ts";
import { typeWalk } from "./type-walk.ts";
import { WRITTEN_STEPS, type StepGround } from "./written-step.ts";

/** Nodes that a graph may become: a recurrence of 30 nodes over 600 steps has fewer. */
const MOST_NODES = 20_000;

/** A model without loops and branches, as far as it is known how they go. */
export interface WrittenSteps {
  readonly model: OnnxModel;
  /** How many loops and branches were written out. */
  readonly rewrites: number;
  /** What was written out, and why others stay, in sentences. */
  readonly notes: readonly string[];
}

const isControl = ({ op, domain }: OnnxNode): boolean =>
  Object.hasOwn(WRITTEN_STEPS, op) && (domain === "" || domain === "ai.onnx");

/** Every name of a graph and of those within it. */
function namesOf({ nodes, inputs, outputs, initializers }: OnnxGraph): readonly string[] {
  return [
    ...[...inputs, ...outputs, ...initializers].map(({ name }) => name),
    ...nodes.flatMap((node) => [
      node.name,
      ...node.outputs,
      ...Object.values(node.attributes).flatMap((one) => (one.type === "graph" ? namesOf(one.value) : [])),
    ]),
  ];
}

/** Every value that a graph, or one within it, reads or gives. */
function readBy({ nodes, outputs }: OnnxGraph): readonly string[] {
  return [
    ...outputs.map(({ name }) => name),
    ...nodes.flatMap(({ inputs, attributes }) => [
      ...inputs,
      ...Object.values(attributes).flatMap((one) => (one.type === "graph" ? readBy(one.value) : [])),
    ]),
  ];
}

/**
 * Writes loops whose number of steps is known as so many copies of their bodies, and branches whose condition is known as what they
 * do: the recurrent layers that exporters leave as Loop or Scan. Weights stay one. What is known only when the graph runs stays, and
 * is said.
 *
 * @throws MODEL_MALFORMED for a loop or branch without its graph, or with one that takes or gives other values.
 *
 * @example
 * const { model: straight, notes } = writtenSteps(readOnnx(bytes));
 */
export function writtenSteps(model: OnnxModel): WrittenSteps {
  const { graph } = model;
  if (!graph.nodes.some(isControl)) return { model, rewrites: 0, notes: [] };
  const walk = typeWalk(model);
  const taken = new Set(namesOf(graph));
  const read = new Set(readBy(graph));
  const given = new Set(taken);
  const counts = new Map<string, number>();
  const nodes: OnnxNode[] = [];
  const constants: OnnxTensor[] = [];
  const notes: string[] = [];
  let rewrites = 0;

  const append = (node: OnnxNode): string | undefined => {
    if (nodes.length >= MOST_NODES) return `its steps have more than ${MOST_NODES} nodes`;
    nodes.push(node);
    walk.follow(node);
    return undefined;
  };
  const ground: StepGround = {
    opset: model.opsets.find(({ domain }) => domain === "" || domain === "ai.onnx")?.version ?? OPSET,
    fresh(prefix) {
      let [name, count] = [prefix, counts.get(prefix) ?? 0];
      while (taken.has(name)) name = `${prefix}_${(count += 1)}`;
      counts.set(prefix, count);
      taken.add(name);
      return name;
    },
    hold(tensor) {
      constants.push(tensor);
      walk.hold(tensor);
    },
    emit: (node) => (isControl(node) ? WRITTEN_STEPS[node.op]!(node, ground) : append(node)),
    // What a loop within a body gives has a name that was made up for this step.
    isRead: (name) => read.has(name) || !given.has(name),
    numbers: (name) => walk.types.get(name)?.constant,
    dims: (name) => walk.types.get(name)?.dims,
  };
  for (const node of graph.nodes) {
    const [first, held] = [nodes.length, constants.length];
    const reason = isControl(node) ? ground.emit(node) : append(node);
    if (isControl(node))
      notes.push(
        reason === undefined
          ? `${node.op} "${node.name}" is written out: ${nodes.length - first} nodes`
          : `${node.op} "${node.name}" stays: ${reason}`,
      );
    if (reason === undefined) {
      rewrites += Number(isControl(node));
      continue;
    }
    nodes.length = first;
    constants.length = held;
    nodes.push(node);
  }
  if (rewrites === 0) return { model, rewrites, notes };
  return {
    model: { ...model, graph: { ...graph, nodes, initializers: [...graph.initializers, ...constants] } },
    rewrites,
    notes,
  };
}
