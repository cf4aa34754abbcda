import type { LiteGraph, LiteOperator, LiteTensor } from "./lite-graph.ts";
import type { LiteOpName } from "./lite-op.ts";

/** Activations that other operators take in, by their number in schema.fbs. */
const ACTIVATIONS: Partial<Record<LiteOpName, number>> = { RELU: 1, RELU_N1_TO_1: 2, RELU6: 3 };

/** Operators that take an activation in. */
const TAKING: ReadonlySet<LiteOpName> = new Set<LiteOpName>([
  "ADD",
  "AVERAGE_POOL_2D",
  "CONV_2D",
  "DEPTHWISE_CONV_2D",
  "DIV",
  "FULLY_CONNECTED",
  "MAX_POOL_2D",
  "MUL",
  "SUB",
]);

/** How often each tensor is read; an end counts as read by the app. */
export function readsOf(graph: LiteGraph): ReadonlyMap<LiteTensor, number> {
  const reads = new Map<LiteTensor, number>();
  for (const tensor of [...graph.outputs, ...graph.operators.flatMap(({ inputs }) => inputs)])
    if (tensor !== undefined) reads.set(tensor, (reads.get(tensor) ?? 0) + 1);
  return reads;
}

/** The graph with each activation taken into the operator before it, across a change of shape, where nothing else reads that. */
export function fusedActivations(graph: LiteGraph): LiteGraph {
  const reads = readsOf(graph);
  const makers = new Map(
    graph.operators.flatMap((operator) => operator.outputs.map((tensor) => [tensor, operator])),
  );
  const changed = new Map<LiteOperator, LiteOperator>();
  for (const operator of graph.operators) {
    const activation = ACTIVATIONS[operator.op];
    if (activation === undefined) continue;
    const [given] = operator.inputs as readonly [LiteTensor];
    const before = makers.get(given);
    const shape = before?.op === "RESHAPE" ? before : undefined;
    const from = shape === undefined ? given : shape.inputs[0]!;
    const maker = makers.get(from);
    if (maker === undefined || changed.has(maker) || !TAKING.has(maker.op)) continue;
    if (reads.get(given) !== 1 || reads.get(from) !== 1 || from.type !== "FLOAT32") continue;
    const [result] = operator.outputs as readonly [LiteTensor];
    const options = { ...maker.options, fused_activation_function: activation };
    if (shape === undefined) {
      changed.set(maker, { ...maker, outputs: [result], options });
      changed.set(operator, { ...operator, outputs: [] });
    } else {
      changed.set(maker, { ...maker, options });
      changed.set(shape, { ...shape, outputs: [result] });
      changed.set(operator, { ...operator, outputs: [] });
    }
  }
  const operators = graph.operators
    .map((operator) => changed.get(operator) ?? operator)
    .filter(({ outputs }) => outputs.length > 0);
  return { ...graph, operators };
}
