import { tidelineError, type TidelineError } from "@tideline/spec";
import type { ElementType } from "../element-type.ts";
import { formatType, type Dim, type OnnxTensor, type TensorType } from "../onnx.ts";
import type { Value } from "../value.ts";
import type { GraphEmitter } from "./graph-emitter.ts";

/** How an operator's attribute is typed, and what it is when left out. */
export type AttributeRule =
  | { readonly type: "int" | "float"; readonly default?: number; readonly required?: true }
  | { readonly type: "string"; readonly default?: string; readonly required?: true }
  | { readonly type: "ints" | "floats"; readonly default?: readonly number[]; readonly required?: true }
  | { readonly type: "strings"; readonly default?: readonly string[]; readonly required?: true }
  | { readonly type: "tensor"; readonly default?: undefined; readonly required?: true };

/** A plain attribute value, as a caller writes it. */
export type AttributeValue = number | string | readonly number[] | readonly string[] | OnnxTensor;

/** The attributes of an operator, named as in ONNX. */
export type AttributeRules = Readonly<Record<string, AttributeRule>>;

type ValueOf<Rule extends AttributeRule> = Rule["type"] extends "int" | "float"
  ? number
  : Rule["type"] extends "string"
    ? string
    : Rule["type"] extends "strings"
      ? readonly string[]
      : Rule["type"] extends "tensor"
        ? OnnxTensor
        : readonly number[];

/** What a caller may write: attributes with a default may be left out. */
export type GivenAttributes<Rules extends AttributeRules> = {
  readonly [Name in keyof Rules as Rules[Name] extends { required: true } ? Name : never]: ValueOf<
    Rules[Name]
  >;
} & {
  readonly [Name in keyof Rules as Rules[Name] extends { required: true } ? never : Name]?: ValueOf<
    Rules[Name]
  >;
};

/** What an operator sees: defaults are filled in. */
export type ResolvedAttributes<Rules extends AttributeRules> = {
  readonly [Name in keyof Rules]: Rules[Name] extends { required: true } | { default: unknown }
    ? ValueOf<Rules[Name]>
    : ValueOf<Rules[Name]> | undefined;
};

/** A tensor with numbers in double precision, row-major; what reference kernels read. */
export interface Tensor {
  readonly elementType: ElementType;
  readonly dims: readonly number[];
  readonly values: Float64Array;
}

/** What a shape rule knows of an input: its type, and its values where they are constant. */
export interface OpInput extends TensorType {
  readonly constant?: ArrayLike<number>;
  /**
   * The elements of an integer vector or scalar that is made of lengths, where some are only named: `Shape` of
   * `["N", 9]` is `["N", 9]`. The empty name stands for a number that nothing is known of.
   */
  readonly lengths?: readonly Dim[];
}

/** An application of an operator, as its shape rule sees it. */
export interface OpCall<Rules extends AttributeRules = AttributeRules> {
  /** Operator, node and graph, for messages. */
  readonly who: string;
  /** In ONNX order; undefined where an optional input is left out. */
  readonly inputs: readonly (OpInput | undefined)[];
  readonly attributes: ResolvedAttributes<Rules>;
  /** How many outputs the node names; 1 while it is built, before the rule has said how many there are. */
  readonly named?: number;
}

/** An application of an operator on numbers, as its kernel sees it: types are checked, shapes are known. */
export interface OpEvaluation<Rules extends AttributeRules = AttributeRules> {
  readonly inputs: readonly (Tensor | undefined)[];
  readonly attributes: ResolvedAttributes<Rules>;
  readonly outputs: readonly { readonly elementType: ElementType; readonly dims: readonly number[] }[];
}

/** An application of an operator in a graph under construction, as its gradient rule sees it. */
export interface GradientCall<Rules extends AttributeRules = AttributeRules> {
  /** The graph that the rule writes into. */
  readonly g: GraphEmitter;
  readonly who: string;
  readonly inputs: readonly (Value | undefined)[];
  readonly outputs: readonly Value[];
  readonly attributes: ResolvedAttributes<Rules>;
  /** The gradient of the loss with respect to each output, of its type; undefined where the loss does not depend on it. */
  readonly gradients: readonly (Value | undefined)[];
  /** Which inputs' gradients are asked for; a rule may leave the others undefined and save the work. */
  readonly wanted: readonly boolean[];
}

/**
 * Writes the gradient of the loss with respect to each input into the graph: a value of the input's type, or undefined
 * where it is not asked for or zero. Shapes of floating-point values are known numbers when a rule is called.
 */
export type GradientRule<Rules extends AttributeRules = AttributeRules> = {
  // Declared as a method, whose parameters compare both ways: the registry holds rules of many attributes as one type.
  rule(call: GradientCall<Rules>): readonly (Value | undefined)[];
}["rule"];

/**
 * Why an operator has no gradient rule. `zero` says that its derivative is 0 wherever it exists (steps, comparisons,
 * positions), so that differentiation ends there in silence; otherwise asking for it is an error with this reason.
 */
export interface NoGradient {
  readonly none: string;
  readonly zero?: true;
}

/** For operators that are constant between jumps: rounding, comparing, choosing positions. */
export const STEPWISE: NoGradient = Object.freeze({
  none: "it is constant between jumps: its derivative is 0 wherever there is one",
  zero: true,
});

/** For operators whose results are integers that no floating-point input decides smoothly, or at all. */
export const INTEGER_RESULT: NoGradient = Object.freeze({
  none: "its result is whole numbers, through which no gradient goes",
  zero: true,
});

/** For operators that take no floating-point number. */
export const NO_FLOATS: NoGradient = Object.freeze({
  none: "it takes no floating-point number",
  zero: true,
});

/** For ensembles of trees, whose splits only compare the input and whose weights are attributes. */
export const TREE_STEPS: NoGradient = Object.freeze({
  none: "its trees are steps in the input, and their weights are attributes",
  zero: true,
});

/**
 * An operator: its form at our opset, its shape rule, and its meaning. The kernel is the oracle that runtimes are
 * compared with: double precision, obvious rather than fast, never rounded to the element type.
 */
export interface OpDefinition<Rules extends AttributeRules = AttributeRules> {
  /** The operator set's domain; the standard one by default. */
  readonly domain?: string;
  /** The oldest opset at which it has this form and meaning; 1 by default. */
  readonly since?: number;
  /** The opset that one application needs, where it uses what came after `since`. */
  sinceFor?(call: OpCall<Rules>): number;
  /** The newest opset in which one application means something, where a later one forbade it. */
  untilFor?(call: OpCall<Rules>): number;
  /** Input names as in ONNX. */
  readonly inputs: readonly string[];
  /** How many of the inputs, from the end, may be left out. */
  readonly optional?: number;
  /** Whether the last input may repeat. */
  readonly variadic?: true;
  readonly attributes: Rules;
  /**
   * The types of the outputs, with their values or lengths where the rule knows them from types alone; throws
   * GRAPH_ILLEGAL, saying what was wanted and received.
   */
  infer(call: OpCall<Rules>): readonly OpInput[];
  /** The values of the outputs, row-major. */
  evaluate(call: OpEvaluation<Rules>): readonly Float64Array[];
  /** How the gradient goes through it, or why it does not. */
  readonly gradient: GradientRule<Rules> | NoGradient;
}

/** Types an operator's definition by its own attribute rules. */
export function defineOp<const Rules extends AttributeRules>(
  definition: OpDefinition<Rules>,
): OpDefinition<Rules> {
  return Object.freeze(definition);
}

/** The error for a graph that breaks an operator's rule. */
export function illegal(who: string, field: string, expected: string, received: string): TidelineError {
  return tidelineError("GRAPH_ILLEGAL", { who, field, expected, received });
}

/** The types of an operator's inputs as people read them, for messages. */
export function formatInputs(inputs: readonly (TensorType | undefined)[]): string {
  return inputs.map((input) => (input === undefined ? "nothing" : formatType(input))).join(" and ");
}
