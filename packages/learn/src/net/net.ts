import type { GraphBuilder, Value } from "@tideline/graph";
import type { Initialiser } from "./initialiser.ts";

/** Numbers of a layer that training changes without a gradient. */
export interface LayerState {
  /** What they are before the step. */
  readonly value: Value;
  /** Says what they become. Nothing happens outside training. */
  update(next: Value): void;
}

/** The rows of a batch that count, those of a weight above 0. Statistics of a batch are taken over them. */
export interface CountedRows {
  /** float32 [batch]: 1 for rows that count, 0 for rows that only fill the batch. */
  readonly counts: Value;
  /** float32 [1, batch]: 1 / count for rows that count, 0 for rows that only fill the batch. */
  readonly share: Value;
  /** float32 []: how many count; at least 1. */
  readonly count: Value;
}

/** How a parameter is treated. */
export interface ParameterOptions {
  /** Whether weight decay shrinks it. Default true; biases and the scales of normalisations say false. */
  readonly decay?: boolean;
}

/** Where a net finds its graph, its parameters and its state while it is written into a graph. */
export interface NetScope {
  readonly g: GraphBuilder;
  /** The names of the enclosing scopes, joined by "/"; empty at the top. */
  readonly path: string;
  readonly training: boolean;
  /** Rows in a batch: a number in a training step, "N" in the graph that is shipped. */
  readonly batch: number | "N";
  /**
   * Trained numbers, float32.
   *
   * @param name unique in its scope: "weight".
   * @throws DEFINITION_ILLEGAL for a name that is taken or lengths that are not positive integers.
   */
  parameter(name: string, dims: readonly number[], initial: Initialiser, options?: ParameterOptions): Value;
  /** Numbers that training changes without a gradient (running mean and variance), float32. Errors: as `parameter`. */
  state(name: string, dims: readonly number[], initial: number): LayerState;
  /** Numbers in [0, 1) drawn anew for every step from the seed (dropout). Errors: DEFINITION_ILLEGAL outside training. */
  uniform(dims: readonly number[]): Value;
  /** The rows of this batch that count. Errors: DEFINITION_ILLEGAL outside training. */
  counted(): CountedRows;
  /** A scope whose names are prefixed: "conv1/weight". */
  within(name: string): NetScope;
}

/**
 * A layer: how one value comes from another, with parameters from the scope. Any function of this form is one; `kind`
 * names it in a `sequential`.
 *
 * @example
 * const scale: Layer = (scope, x) => scope.g.op("Mul", [x, scope.parameter("scale", [1], constant(1))]);
 */
export interface Layer {
  (scope: NetScope, x: Value): Value;
  readonly kind?: string;
}

/** An input of a net. */
export interface NetInput {
  readonly name: string;
  readonly elementType: "float32" | "int64";
  /** Without the batch: [128, 9] for windows of 128 samples of 9 channels. */
  readonly dims: readonly number[];
  /** Of int64: ids are 0 up to this, exclusive; `trainNet` refuses rows with others. Default any. */
  readonly entries?: number;
}

/**
 * A net: its inputs and how its scores come from them. Plain functions; nothing is fitted yet. `forward` must declare
 * the same parameters and states in the same order whenever it is called.
 *
 * @example
 * const net: Net = {
 *   inputs: [{ name: "x", elementType: "float32", dims: [561] }],
 *   forward: (scope, { x }) => sequential(dense({ units: 64 }), relu(), dense({ units: 6 }))(scope, x!),
 * };
 */
export interface Net {
  readonly inputs: readonly NetInput[];
  /** The scores, float32 [batch, K] or [batch]: logits, never probabilities. */
  readonly forward: (scope: NetScope, inputs: Readonly<Record<string, Value>>) => Value;
}
