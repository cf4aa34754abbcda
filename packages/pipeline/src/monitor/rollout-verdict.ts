import type { RolloutPlan } from "@tideline/spec";
import type { LivePredictions } from "./live-quality.ts";
import type { RolloutHealth } from "./rollout-health.ts";

/** One-sided 95 %: a halt for nothing costs a look of a person, and each look at a roll-out tests again. */
const Z = 1.645;

/** Loss of accuracy that is no reason to withdraw a release. */
const TOLERATED_LOSS = 0.05;

/**
 * Lower end of a share's interval (Wilson, Probable inference, the law of succession, and statistical inference, JASA
 * 22, 1927).
 */
export function lowestShare(hits: number, of: number): number {
  if (of === 0) return 0;
  const share = hits / of;
  const square = Z * Z;
  const spread = Z * Math.sqrt((share * (1 - share)) / of + square / (4 * of * of));
  return (share + square / (2 * of) - spread) / (1 + square / of);
}

/** Why phones that took a release fail too often, or null where nothing says so yet. */
export function failureReason(
  { minPhones, mostFailing }: RolloutPlan,
  now: RolloutHealth,
  before: RolloutHealth,
): string | null {
  if (now.phones < minPhones) return null;
  // Phones that fail with every release are not this one's doing.
  const usual = before.phones >= minPhones ? before.failing / before.phones : 0;
  if (lowestShare(now.failing, now.phones) <= usual + mostFailing) return null;
  return `${now.failing} of ${now.phones} phones fail with it, ${before.failing} of ${before.phones} with the one before`;
}

/** Accuracy of each person who labelled predictions of a release. */
function accuracies(live: LivePredictions, release: string, keep: (row: number) => boolean): number[] {
  const people = new Map<string, [right: number, of: number]>();
  for (let row = 0; row < live.release.length; row += 1) {
    if (live.release[row] !== release || live.actual[row]! < 0 || !keep(row)) continue;
    const [right, of] = people.get(live.subject[row]!) ?? [0, 0];
    people.set(live.subject[row]!, [right + Number(live.actual[row] === live.predicted[row]), of + 1]);
  }
  return [...people.values()].map(([right, of]) => right / of);
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** Variance of the mean. */
const variance = (values: readonly number[]): number => {
  const middle = mean(values);
  const squares = values.map((value) => (value - middle) ** 2);
  return squares.reduce((sum, square) => sum + square, 0) / (values.length - 1) / values.length;
};

/**
 * Why a release answers worse than the one before, or null where nothing says so: accuracy by person (Welch's test
 * against a tolerated loss), over people whom neither learned from and over the same time, since the world may have
 * changed before. So it needs people who live with each of the two: a share below 1.
 */
export function lossReason(
  { minPhones }: RolloutPlan,
  live: LivePredictions,
  {
    now,
    before,
    since,
    taught,
  }: {
    readonly now: string;
    readonly before: string;
    /** Milliseconds since 1970. */
    readonly since: number;
    readonly taught: ReadonlySet<string>;
  },
): string | null {
  const keep = (row: number): boolean => live.time[row]! >= since && !taught.has(live.subject[row]!);
  const [own, others] = [accuracies(live, now, keep), accuracies(live, before, keep)];
  const least = Math.max(2, minPhones);
  if (own.length < least || others.length < least) return null;
  const loss = mean(others) - mean(own);
  if (loss - Z * Math.sqrt(variance(own) + variance(others)) <= TOLERATED_LOSS) return null;
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  return `accuracy ${percent(mean(own))} of ${own.length} people, ${percent(mean(others))} of ${others.length} with the one before`;
}
