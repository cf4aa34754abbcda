import { tidelineError, type TidelineError } from "@tideline/spec";
import type { ElementType } from "../element-type.ts";
import { formatType, type TensorType } from "../onnx.ts";

/** How an operator's attribute is typed, and what it is when left out. */
export type AttributeRule =
  | { readonly type: "int" | "float"; readonly default?: number; readonly required?: true }
  | { readonly type: "string"; readonly default?: string; readonly required?: true }
  | { readonly type: "ints" | "floats"; readonly default?: readonly number[]; readonly required?: true }
  | { readonly type: "strings"; readonly default?: readonly string[]; readonly required?: true };

/** The attributes of an operator, named as in ONNX. */
export type AttributeRules = Readonly<Record<string, AttributeRule>>;

type ValueOf<Rule extends AttributeRule> = Rule["type"] extends "int" | "float"
  ? number
  : Rule["type"] extends "string"
    ? string
    : Rule["type"] extends "strings"
      ? readonly string[]
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
}

/** An application of an operator, as its shape rule sees it. */
export interface OpCall<Rules extends AttributeRules = AttributeRules> {
  /** Operator, node and graph, for messages. */
  readonly who: string;
  /** In ONNX order; undefined where an optional input is left out. */
  readonly inputs: readonly (OpInput | undefined)[];
  readonly attributes: ResolvedAttributes<Rules>;
}

/** An application of an operator on numbers, as its kernel sees it: types are checked, shapes are known. */
export interface OpEvaluation<Rules extends AttributeRules = AttributeRules> {
  readonly inputs: readonly (Tensor | undefined)[];
  readonly attributes: ResolvedAttributes<Rules>;
  readonly outputs: readonly { readonly elementType: ElementType; readonly dims: readonly number[] }[];
}

/**
 * An operator: its form at our opset, its shape rule, and its meaning. The kernel is the oracle that runtimes are
 * compared with: double precision, obvious rather than fast, never rounded to the element type.
 */
export interface OpDefinition<Rules extends AttributeRules = AttributeRules> {
  /** The operator set's domain; the standard one by default. */
  readonly domain?: string;
  /** Input names as in ONNX. */
  readonly inputs: readonly string[];
  /** How many of the inputs, from the end, may be left out. */
  readonly optional?: number;
  /** Whether the last input may repeat. */
  readonly variadic?: true;
  readonly attributes: Rules;
  /** The types of the outputs; throws GRAPH_ILLEGAL, saying what was wanted and received. */
  infer(call: OpCall<Rules>): readonly TensorType[];
  /** The values of the outputs, row-major. */
  evaluate(call: OpEvaluation<Rules>): readonly Float64Array[];
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
