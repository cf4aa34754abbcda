import { labelField, type CoremlLabels } from "../describe/class-label.ts";
import type { CoremlDescription, CoremlFeature } from "../describe/description.ts";
import {
  doubleField,
  doubleUnlessZero,
  intField,
  intUnlessZero,
  messageField,
  packedDoubles,
  textField,
  textUnlessEmpty,
  type ProtoField,
} from "../describe/message.ts";
import type { CoremlModel, ModelForm } from "../describe/model-file.ts";
import { TREE_BEHAVIOURS, type PlannedTrees, type TreeNode } from "./tree-node.ts";

/** The oldest version (iOS 11): classic forms ask for nothing newer. */
export const CLASSIC_VERSION = 1;

/** A vector of numbers in double precision. */
export const vectorType = (length: number): CoremlFeature["type"] => ({
  kind: "array",
  elementType: "float64",
  shape: [length],
});

/** A stage of a pipeline, or a whole model. */
export interface Stage {
  readonly name: string;
  readonly model: CoremlModel;
}

function stage(
  name: string,
  form: ModelForm,
  description: CoremlDescription,
  body: CoremlModel["body"],
): Stage {
  return { name, model: { specificationVersion: CLASSIC_VERSION, form, description, body } };
}

/** Texts become codes, those that are not listed `other`. Source: CategoricalMapping.proto */
export function textCodes(
  input: CoremlFeature,
  output: string,
  codes: readonly (readonly [text: string, code: number])[],
  other: number,
): Stage {
  const entries = codes.map(([text, code]) =>
    messageField(1, [...textUnlessEmpty(1, text), ...intUnlessZero(2, code)]),
  );
  return stage(
    output,
    "categoricalMapping",
    { inputs: [input], outputs: [{ name: output, type: { kind: "int64" } }] },
    [messageField(1, entries), intField(102, other)],
  );
}

/** A text becomes a vector with a 1 at its place, other texts one without. Source: OneHotEncoder.proto */
export function oneHotTexts(input: CoremlFeature, output: string, texts: readonly string[]): Stage {
  return stage(
    output,
    "oneHotEncoder",
    { inputs: [input], outputs: [{ name: output, type: vectorType(texts.length) }] },
    [
      messageField(
        1,
        texts.map((text) => textField(1, text)),
      ),
      intField(11, 1),
    ],
  );
}

/** How many numbers a feature is. */
export const widthOf = ({ type }: CoremlFeature): number => (type.kind === "array" ? type.shape[0]! : 1);

/** Features behind each other as one vector. Source: FeatureVectorizer.proto */
export function joinedVector(inputs: readonly CoremlFeature[], output: string): Stage {
  const length = inputs.reduce((sum, input) => sum + widthOf(input), 0);
  return stage(
    output,
    "featureVectorizer",
    { inputs, outputs: [{ name: output, type: vectorType(length) }] },
    inputs.map((input) => messageField(1, [textField(1, input.name), intField(2, widthOf(input))])),
  );
}

/** What is NaN becomes a number of its own for each place. Source: Imputer.proto */
export function filledVector(input: CoremlFeature, output: string, fill: readonly number[]): Stage {
  return stage(
    output,
    "imputer",
    { inputs: [input], outputs: [{ name: output, type: vectorType(fill.length) }] },
    [messageField(4, [packedDoubles(1, fill)]), doubleField(11, Number.NaN)],
  );
}

/** `scale * (x + shift)` for each place. Source: Scaler.proto */
export function scaledVector(
  input: CoremlFeature,
  output: string,
  lines: readonly { readonly scale: number; readonly shift: number }[],
): Stage {
  return stage(
    output,
    "scaler",
    { inputs: [input], outputs: [{ name: output, type: vectorType(lines.length) }] },
    [
      packedDoubles(
        1,
        lines.map(({ shift }) => shift),
      ),
      packedDoubles(
        2,
        lines.map(({ scale }) => scale),
      ),
    ],
  );
}

const leafNode = 6;

function nodeFields(node: TreeNode): readonly ProtoField[] {
  const ids = [...intUnlessZero(1, node.tree), ...intUnlessZero(2, node.id)];
  if ("values" in node)
    return [
      ...ids,
      intField(3, leafNode),
      ...node.values.map(([output, value]) =>
        messageField(20, [...intUnlessZero(1, output), ...doubleUnlessZero(2, value)]),
      ),
    ];
  return [
    ...ids,
    ...intUnlessZero(3, TREE_BEHAVIOURS[node.mode]),
    ...intUnlessZero(10, node.feature),
    ...doubleUnlessZero(11, node.value),
    ...intUnlessZero(12, node.yes),
    ...intUnlessZero(13, node.no),
    ...intUnlessZero(14, node.missingYes ? 1 : 0),
  ];
}

const treeParameters = ({ nodes, outputs, base }: PlannedTrees): ProtoField =>
  messageField(1, () => [
    ...nodes.map((node) => messageField(1, () => nodeFields(node))),
    intField(2, outputs),
    packedDoubles(3, base),
  ]);

/** What becomes of the sums of trees. Source: `TreeEnsemblePostEvaluationTransform` of TreeEnsemble.proto */
const TREE_TRANSFORMS = { none: 0, softmax: 1, logistic: 2 } as const;

/** How a model tells what it says: its interface, and the names of its outputs. */
export type Ends = Pick<
  CoremlDescription,
  "inputs" | "outputs" | "predictedFeature" | "predictedProbabilities"
>;

/** Trees that tell classes apart, or a number (several as a vector). */
export function treeStage(
  name: string,
  ends: Ends,
  trees: PlannedTrees,
  transform: keyof typeof TREE_TRANSFORMS,
  labels?: CoremlLabels,
): Stage {
  return stage(name, labels === undefined ? "treeEnsembleRegressor" : "treeEnsembleClassifier", ends, () => [
    treeParameters(trees),
    ...intUnlessZero(2, TREE_TRANSFORMS[transform]),
    ...(labels === undefined ? [] : [labelField(labels)]),
  ]);
}

/** Weights by output, and what is added. */
export interface LinearWeights {
  readonly weights: readonly (readonly number[])[];
  readonly offsets: readonly number[];
}

/**
 * A linear model: of classes with the first as the one that the others are compared with, or of one number. Source:
 * GLMClassifier.proto and GLMRegressor.proto
 */
export function linearStage(
  name: string,
  ends: Ends,
  { weights, offsets }: LinearWeights,
  logit: boolean,
  labels?: CoremlLabels,
): Stage {
  const fields = [
    ...weights.map((row) => messageField(1, [packedDoubles(1, row)])),
    packedDoubles(2, offsets),
  ];
  if (labels !== undefined) return stage(name, "glmClassifier", ends, [...fields, labelField(labels)]);
  return stage(name, "glmRegressor", ends, [...fields, ...intUnlessZero(3, logit ? 1 : 0)]);
}
