import { percentile } from "./clock.ts";
import type { CaseLoad, CaseTimes } from "./report.ts";

/**
 * Times of a case with those of its loads in other processes: one load alone is as long as whatever else the machine did.
 *
 * @example
 * withLoads(times, [{ startMs: 80, loadMs: 4, firstMs: 2 }]).cold; // { processes: 2, leastMs: 84, mostMs: 103 }
 */
export function withLoads(times: CaseTimes, others: readonly CaseLoad[]): CaseTimes {
  const { startMs, loadMs, firstMs } = times;
  const all = [{ startMs, loadMs, firstMs }, ...others].map((one) => ({
    ...one,
    coldMs: one.startMs + one.loadMs,
  }));
  const sorted = all.slice().sort((left, right) => left.coldMs - right.coldMs);
  const middle = sorted[Math.ceil(sorted.length / 2) - 1]!;
  const first = all.map((one) => one.firstMs).sort((left, right) => left - right);
  return Object.freeze({
    ...times,
    coldMs: middle.coldMs,
    startMs: middle.startMs,
    loadMs: middle.loadMs,
    firstMs: percentile(first, 0.5),
    cold: Object.freeze({
      processes: all.length,
      leastMs: sorted[0]!.coldMs,
      mostMs: sorted[sorted.length - 1]!.coldMs,
    }),
  });
}
