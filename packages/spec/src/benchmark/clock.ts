/** Smallest step that a clock makes, in milliseconds: the least of some that are seen. */
export function clockStep(now: () => number): number {
  let least = Number.POSITIVE_INFINITY;
  const begun = now();
  // Twenty steps, but no longer than 60 ms: a clock of whole milliseconds shows its step in two.
  for (let seen = 0; seen < 20 && now() - begun < 60;) {
    const from = now();
    let to = from;
    while (to === from) to = now();
    least = Math.min(least, to - from);
    seen++;
  }
  return least;
}

/** The number below which a share of sorted numbers lies (nearest rank). */
export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}
