import { logisticModel, matrix, standardiser, type LogisticModel, type Standardiser } from "@tideline/learn";
import { canonicalJson, tidelineError } from "@tideline/spec";

/** What a run has fitted: everything that a prediction needs. */
export interface FittedState {
  readonly names: readonly string[];
  readonly scaler: Standardiser;
  readonly classifier: LogisticModel;
}

/** The stored form. */
interface StoredState {
  readonly format: 1;
  readonly kind: "standardised-logistic";
  readonly classes: readonly string[];
  readonly names: readonly string[];
  readonly mean: readonly number[];
  readonly scale: readonly number[];
  /** `[features, classes]`, row-major. */
  readonly weights: readonly number[];
  readonly intercepts: readonly number[];
}

/** Canonical JSON of a fitted state, so that its hash names it. */
export function encodeFittedState({ names, scaler, classifier }: FittedState): string {
  const stored: StoredState = {
    format: 1,
    kind: "standardised-logistic",
    classes: classifier.classes,
    names,
    mean: [...scaler.mean],
    scale: [...scaler.scale],
    weights: [...classifier.weights.values],
    intercepts: [...classifier.intercepts],
  };
  return canonicalJson(stored);
}

/** The fitted state of text written by {@link encodeFittedState}. */
export function decodeFittedState(text: string): FittedState {
  const stored = JSON.parse(text) as StoredState;
  if (stored.format !== 1 || stored.kind !== "standardised-logistic") {
    throw tidelineError("MODEL_MALFORMED", {
      who: "fitted state",
      expected: "a standardised-logistic of format 1",
      received: `${stored.kind} of format ${stored.format}`,
    });
  }
  return Object.freeze({
    names: stored.names,
    scaler: standardiser(Float64Array.from(stored.mean), Float64Array.from(stored.scale)),
    classifier: logisticModel({
      classes: stored.classes,
      weights: matrix(stored.names.length, stored.classes.length, Float64Array.from(stored.weights)),
      intercepts: Float64Array.from(stored.intercepts),
    }),
  });
}
