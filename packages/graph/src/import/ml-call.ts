import type { OnnxNode, TensorType } from "../onnx.ts";
import type { ElementType } from "../element-type.ts";
import type { AttributeRules, AttributeValue, ResolvedAttributes } from "../op/op-definition.ts";
import type { OpName } from "../op/op-name.ts";

/** A value of the graph that is being rewritten. */
export interface MlValue extends TensorType {
  readonly name: string;
}

/** What a rewriting of one node sees, and how it writes. */
export interface MlCall<Rules extends AttributeRules = AttributeRules> {
  /** The node as errors name it. */
  readonly who: string;
  readonly node: OnnxNode;
  /** The version of ai.onnx.ml that the model states. */
  readonly version: number;
  readonly inputs: readonly MlValue[];
  readonly attributes: ResolvedAttributes<Rules>;
  /** Appends a standard operator. */
  op(
    name: OpName,
    inputs: readonly MlValue[],
    attributes?: Readonly<Record<string, AttributeValue>>,
  ): MlValue;
  /** The texts of a constant; undefined for anything else. */
  wordsOf(value: MlValue): readonly string[] | undefined;
  /** The value in another element type; itself where it has it. */
  cast(value: MlValue, elementType: ElementType): MlValue;
  /** A constant; a vector unless `dims` say otherwise. */
  constant(elementType: ElementType, values: readonly number[], dims?: readonly number[]): MlValue;
  /** Appends the look-up of texts that `textLookups` reads: the place of each in `keys`, -1 for others. */
  lookUp(value: MlValue, keys: readonly string[], codes: readonly number[], rest: number): MlValue;
  /** Makes a value the node's output; `texts` where its numbers stand for these. */
  result(position: number, value: MlValue, texts?: readonly string[]): void;
  /** Says that a value's rows are shares: nothing negative, and 1 together. */
  shares(value: MlValue): void;
  isShares(value: MlValue): boolean;
  /** Names the classes of the model's scores, in their order. */
  classes(names: readonly string[]): void;
  /** Says of the rewriting what its user should know. */
  note(text: string): void;
}

/** An operator of ai.onnx.ml that standard operators stand for. */
export interface MlRewriting<Rules extends AttributeRules = AttributeRules> {
  readonly attributes: Rules;
  /** @throws MODEL_UNSUPPORTED for what standard operators cannot say, GRAPH_ILLEGAL for what ONNX does not allow. */
  rewrite(call: MlCall<Rules>): void;
}

/** Types a rewriting by its own attributes. */
export function defineMl<const Rules extends AttributeRules>(definition: MlRewriting<Rules>): MlRewriting {
  // Only ever called with attributes that were resolved by these very rules.
  return definition as unknown as MlRewriting;
}
