/** Largest differences that a release may have between runtimes. */
export const PARITY_TOLERANCE = Object.freeze({
  /** Absolute, of a probability: far below what changes a decision or shows to a person. */
  probability: 1e-4,
  /** Of a feature, relative to its scale: 2^-24 of float32, times the root of some ten thousand operations. */
  feature: 1e-5,
  /**
   * The same on adversarial rows: where a hundred cancels against a hundred, what is left is float32's rounding (1e-5),
   * each runtime rounds its own way, and narrow scales enlarge it. The activity example is at 7e-8 since it centres
   * before it measures, and was at 1e-4 before.
   */
  adversarialFeature: 1e-3,
});
