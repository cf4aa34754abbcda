import type { CoremlFeatureType } from "./feature-type.ts";

/** A named value of a model's interface. */
export interface CoremlFeature {
  readonly name: string;
  /** What Xcode shows beside it. */
  readonly description?: string;
  readonly type: CoremlFeatureType;
}

/** What Xcode shows of a model as a whole. */
export interface CoremlMetadata {
  readonly description?: string;
  readonly version?: string;
  readonly author?: string;
  readonly license?: string;
  /** Texts by name (`userDefined`); written in the order of the names. */
  readonly custom?: Readonly<Record<string, string>>;
}

/** A model's interface: `ModelDescription`. */
export interface CoremlDescription {
  readonly inputs: readonly CoremlFeature[];
  readonly outputs: readonly CoremlFeature[];
  /** The output that holds a classifier's label or a regressor's number. */
  readonly predictedFeature?: string;
  /** The output that holds a classifier's probabilities by label. */
  readonly predictedProbabilities?: string;
  readonly metadata?: CoremlMetadata;
}
