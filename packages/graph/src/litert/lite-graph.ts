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

/** The graph's operators that its outputs need, in order. */
export function withoutDead(graph: LiteGraph): LiteGraph {
  const wanted = new Set<LiteTensor | undefined>(graph.outputs);
  const operators = graph.operators
    .toReversed()
    .filter(({ inputs, outputs }) => {
      const needed = outputs.some((tensor) => wanted.has(tensor));
      if (needed) for (const tensor of inputs) wanted.add(tensor);
      return needed;
    })
    .toReversed();
  return { ...graph, operators };
}
