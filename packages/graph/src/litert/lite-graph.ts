import type { LiteOpName } from "./lite-op.ts";
import type { LiteType, LiteValues } from "./lite-type.ts";

/** What whole numbers of a tensor stand for: `scale * (q - zeroPoint)`; several scales are one for each index of `axis`. */
export interface LiteQuantisation {
  readonly scales: readonly number[];
  readonly zeroPoints: readonly number[];
  readonly axis: number;
}

/** A tensor of a LiteRT graph: its length in a batch of one, and which axes follow the batch. */
export interface LiteTensor {
  readonly name: string;
  readonly type: LiteType;
  readonly dims: readonly number[];
  /** Per axis, whether its length follows the batch, so that the runtime may resize it. */
  readonly open: readonly boolean[];
  /** Its numbers, where it is a constant. */
  readonly values?: LiteValues;
  readonly quantisation?: LiteQuantisation;
}

/** The options of an operator, named as in schema.fbs. */
export type LiteOptions = Readonly<Record<string, number | boolean>>;

/** An application of an operator of LiteRT. */
export interface LiteOperator {
  readonly op: LiteOpName;
  /** Undefined where an optional input is left out. */
  readonly inputs: readonly (LiteTensor | undefined)[];
  readonly outputs: readonly LiteTensor[];
  readonly options: LiteOptions;
  /** What a `WHILE` does. */
  readonly loop?: LiteLoop;
}

/** Operators that are done again on what they gave, as long as a condition holds for that; both take what the loop takes. */
export interface LiteLoop {
  readonly condition: LiteGraph;
  readonly body: LiteGraph;
}

/** A graph as a LiteRT file holds it, before it is laid out; tensors are themselves their identity. */
export interface LiteGraph {
  readonly inputs: readonly LiteTensor[];
  readonly outputs: readonly LiteTensor[];
  /** In the order in which they run. */
  readonly operators: readonly LiteOperator[];
}

/** Whether a tensor is a constant. */
export function isConstant(tensor: LiteTensor | undefined): boolean {
  return tensor?.values !== undefined;
}

/** An operator whose loop, where it is one, does in each turn what `change` makes of that. */
export function withBody(operator: LiteOperator, change: (body: LiteGraph) => LiteGraph): LiteOperator {
  const { loop } = operator;
  return loop === undefined ? operator : { ...operator, loop: { ...loop, body: change(loop.body) } };
}

/** A loop with what the graph, its condition or a next turn needs alone. */
function withoutIdle(operator: LiteOperator, wanted: ReadonlySet<LiteTensor | undefined>): LiteOperator {
  const { condition, body } = operator.loop!;
  const asked = new Set(condition.operators.flatMap(({ inputs }) => inputs));
  const needed = operator.outputs.map((tensor, at) => wanted.has(tensor) || asked.has(condition.inputs[at]));
  for (let before = 0; before !== needed.filter(Boolean).length;) {
    before = needed.filter(Boolean).length;
    const outputs = body.outputs.filter((_, at) => needed[at]);
    const read = new Set<LiteTensor | undefined>(outputs);
    for (const { inputs } of withoutDead({ ...body, outputs }).operators)
      for (const tensor of inputs) read.add(tensor);
    for (const [at, tensor] of body.inputs.entries()) needed[at] ||= read.has(tensor);
  }
  const kept = <T>(list: readonly T[]): readonly T[] => list.filter((_, at) => needed[at]);
  const loop = {
    condition: { ...condition, inputs: kept(condition.inputs) },
    body: withoutDead({ ...body, inputs: kept(body.inputs), outputs: kept(body.outputs) }),
  };
  return { ...operator, inputs: kept(operator.inputs), outputs: kept(operator.outputs), loop };
}

/** The graph's operators that its outputs need, in order. */
export function withoutDead(graph: LiteGraph): LiteGraph {
  const wanted = new Set<LiteTensor | undefined>(graph.outputs);
  const operators = graph.operators.toReversed().flatMap((operator) => {
    if (!operator.outputs.some((tensor) => wanted.has(tensor))) return [];
    const kept = operator.loop === undefined ? operator : withoutIdle(operator, wanted);
    for (const tensor of kept.inputs) wanted.add(tensor);
    return [kept];
  });
  return { ...graph, operators: operators.toReversed() };
}
