/** What whoever made the values of a column knows of all of them. */
export interface ValueFacts {
  /** Whether none is NaN. */
  readonly complete: boolean;
  /** Whether each is more than the one before it, or none is less; absent where that is not known, or one is less. */
  readonly rise?: "each" | "some";
}

const known = new WeakMap<Float32Array | Float64Array, ValueFacts>();

/**
 * Keeps what is known of the values of a column, so that nobody looks at all of them again: beside the array and not in the
 * column, since what is made of a column may have other values. Whoever says what is not so makes answers wrong.
 *
 * @example
 * noteFacts(times, { complete: true, rise: "each" });
 */
export function noteFacts(values: Float32Array | Float64Array, facts: ValueFacts): void {
  known.set(values, facts);
}

/** What was noted of values. */
export function factsOf(values: Float32Array | Float64Array): ValueFacts | undefined {
  return known.get(values);
}
