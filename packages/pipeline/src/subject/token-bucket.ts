/** How much of something is let through. */
export interface BucketLimits {
  /** At once. */
  readonly burst: number;
  /** Again every so many milliseconds. */
  readonly everyMs: number;
}

/** Whether a source is let through once more. */
export type TokenBuckets = (source: string) => boolean;

/** Sources remembered: beyond it the ones that came first are forgotten, which lets through too much rather than too little. */
const REMEMBERED = 10_000;

/**
 * Lets each source through so often: a bucket of `burst` tokens that fills by one every `everyMs`. Answers false for
 * one too many. `now` counts milliseconds and never goes back.
 */
export function tokenBuckets({ burst, everyMs }: BucketLimits, now: () => number): TokenBuckets {
  const buckets = new Map<string, { tokens: number; at: number }>();
  return (source) => {
    const at = now();
    const before = buckets.get(source) ?? { tokens: burst, at };
    const tokens = Math.min(burst, before.tokens + (at - before.at) / everyMs);
    const isLet = tokens >= 1;
    buckets.delete(source);
    buckets.set(source, { tokens: isLet ? tokens - 1 : tokens, at });
    if (buckets.size > REMEMBERED) buckets.delete(buckets.keys().next().value!);
    return isLet;
  };
}
