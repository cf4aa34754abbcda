import { checkDescription } from "./check-description.ts";
import type { CoremlDescription, CoremlFeature, CoremlMetadata } from "./description.ts";
import { featureTypeFields } from "./feature-type.ts";
import {
  encodeMessage,
  intField,
  messageField,
  textField,
  textUnlessEmpty,
  type ProtoField,
} from "./message.ts";

/** The forms that we write, with their fields in `Model`. Source: Model.proto of Apple's coremltools (BSD-3-Clause). */
export const MODEL_FORMS = {
  pipelineClassifier: 200,
  pipelineRegressor: 201,
  pipeline: 202,
  glmRegressor: 300,
  treeEnsembleRegressor: 302,
  glmClassifier: 400,
  treeEnsembleClassifier: 402,
  neuralNetwork: 500,
  mlProgram: 502,
  oneHotEncoder: 600,
  imputer: 601,
  featureVectorizer: 602,
  dictVectorizer: 603,
  scaler: 604,
  categoricalMapping: 606,
  normalizer: 607,
  arrayFeatureExtractor: 609,
  identity: 900,
} as const;

/** The name of a form. */
export type ModelForm = keyof typeof MODEL_FORMS;

/** A model before it is bytes: its interface, and the fields of the message of its form. */
export interface CoremlModel {
  readonly specificationVersion: number;
  readonly description: CoremlDescription;
  readonly form: ModelForm;
  readonly body: readonly ProtoField[] | (() => readonly ProtoField[]);
}

/**
 * The oldest release that reads a specification version, by version. Source: the table of versions at the head of
 * Model.proto and `_SPECIFICATION_VERSION_IOS_*` of coremltools.
 */
export const OLDEST_RELEASE: Readonly<Record<number, string>> = {
  1: "iOS 11, macOS 10.13",
  2: "iOS 11.2, macOS 10.13.2",
  3: "iOS 12, macOS 10.14",
  4: "iOS 13, macOS 10.15",
  5: "iOS 14, macOS 11",
  6: "iOS 15, macOS 12",
  7: "iOS 16, macOS 13",
  8: "iOS 17, macOS 14",
  9: "iOS 18, macOS 15",
  10: "iOS 26, macOS 26",
};

const featureField = (field: number, { name, description, type }: CoremlFeature): ProtoField =>
  messageField(field, [
    textField(1, name),
    ...textUnlessEmpty(2, description),
    messageField(3, featureTypeFields(type)),
  ]);

function metadataFields(metadata: CoremlMetadata): readonly ProtoField[] {
  return [
    ...textUnlessEmpty(1, metadata.description),
    ...textUnlessEmpty(2, metadata.version),
    ...textUnlessEmpty(3, metadata.author),
    ...textUnlessEmpty(4, metadata.license),
    ...Object.entries(metadata.custom ?? {})
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, value]) => messageField(100, [textField(1, key), textField(2, value)])),
  ];
}

function descriptionFields(description: CoremlDescription): readonly ProtoField[] {
  const { inputs, outputs, predictedFeature, predictedProbabilities, metadata } = description;
  return [
    ...inputs.map((feature) => featureField(1, feature)),
    ...outputs.map((feature) => featureField(10, feature)),
    ...textUnlessEmpty(11, predictedFeature),
    ...textUnlessEmpty(12, predictedProbabilities),
    ...(metadata === undefined ? [] : [messageField(100, metadataFields(metadata))]),
  ];
}

/**
 * The fields of a `Model`: the same for a file as for a stage of a pipeline.
 *
 * @throws MODEL_MALFORMED where the description is none; see {@link checkDescription}.
 */
export function modelFields(model: CoremlModel): readonly ProtoField[] {
  checkDescription(model.description, model.specificationVersion);
  return [
    intField(1, model.specificationVersion),
    messageField(2, descriptionFields(model.description)),
    messageField(MODEL_FORMS[model.form], model.body),
  ];
}

/**
 * The bytes of a Core ML model: `.mlmodel`, or what a `.mlpackage` holds beside its weights.
 *
 * @throws MODEL_MALFORMED; ARGUMENT_INVALID for more than 2 GiB.
 */
export const encodeCoreml = (model: CoremlModel): Uint8Array => encodeMessage(modelFields(model));
