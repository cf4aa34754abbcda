import type { Matrix } from "@tideline/learn";

/** Labelled rows of people who may teach, in a fixed order: by subject, session and start. */
export interface TrainingSet {
  /** Content hash of everything that made it. */
  readonly key: string;
  readonly names: readonly string[];
  /** `[rows, features]`, float32. */
  readonly features: Matrix;
  /** Positions in the model's labels. */
  readonly y: Int32Array;
  /** Pseudonym of the person of each row. */
  readonly people: readonly string[];
  /** End of each window on the corrected clock, milliseconds since 1970. */
  readonly time: Float64Array;
}
