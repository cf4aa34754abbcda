import { milliseconds, type AppDefinition, type Duration } from "@tideline/spec";

/** Which rows are past their time: those that the server received before these moments, milliseconds since 1970. */
export interface Cutoffs {
  /** By event; one that no definition declares any more is kept as long as the longest that is. */
  of(event: string): number;
  /** That of rows that are no event's: receipts of batches, refusals of what nobody declared. */
  readonly others: number;
  /** The latest of all: nothing received from then on is past its time. */
  readonly latest: number;
}

/** Milliseconds of a retention; for ever where it cannot be read: what nobody can read must not delete. */
function lengthOf(retain: string): number {
  try {
    return milliseconds(retain as Duration);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

/**
 * What a definition's retentions mean at a moment. They count from when the server received a row: a phone's clock may
 * be wrong, and an app may record what is long past.
 *
 * @example
 * cutoffsOf(app, Date.now()).of("tap"); // 90 days ago, for `retain: "90d"`
 */
export function cutoffsOf(app: AppDefinition, now: number): Cutoffs {
  const lengths = new Map(Object.values(app.events).map(({ name, retain }) => [name, lengthOf(retain)]));
  const longest = lengths.size === 0 ? Number.POSITIVE_INFINITY : Math.max(...lengths.values());
  return Object.freeze({
    of: (event: string) => now - (lengths.get(event) ?? longest),
    others: now - longest,
    latest: now - Math.min(longest, ...lengths.values()),
  });
}

const DAY = 86_400_000;
const MINUTE = 60_000;

/** How often rows are looked through: 24 times in the shortest retention, at most each minute, at least each day. */
export function lookEvery(app: AppDefinition): number {
  const shortest = Math.min(...Object.values(app.events).map(({ retain }) => lengthOf(retain)));
  return Math.min(DAY, Math.max(MINUTE, Math.floor(shortest / 24)));
}
