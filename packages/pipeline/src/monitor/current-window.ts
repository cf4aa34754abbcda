import type { LivePredictions } from "./live-quality.ts";

/**
 * The current window of a drift monitor: of each person the newest `count` predictions that `keep` holds for.
 * Positions in `live`, oldest first within a person.
 */
export function newestOfEach(
  live: LivePredictions,
  count: number,
  keep: (row: number) => boolean,
): Int32Array {
  const rows = Int32Array.from(live.predicted, (_, row) => row)
    .filter(keep)
    .sort((left, right) => live.time[left]! - live.time[right]! || left - right);
  const byPerson = new Map<string, number[]>();
  for (const row of rows) {
    const person = live.person[row]!;
    const kept = byPerson.get(person) ?? [];
    kept.push(row);
    if (kept.length > count) kept.shift();
    byPerson.set(person, kept);
  }
  return Int32Array.from([...byPerson.values()].flat());
}

/** The sessions in which the current window of a release stands; see {@link newestOfEach}. */
export function currentSessions(
  live: LivePredictions,
  release: string,
  count: number,
): readonly { readonly subject: string; readonly session: string }[] {
  const rows = newestOfEach(live, count, isCurrent(live, release));
  const keys = new Map(
    [...rows].map((row) => {
      const key = { subject: live.subject[row]!, session: live.session[row]! };
      return [`${key.subject}/${key.session}`, key];
    }),
  );
  return [...keys.values()];
}

/** Whether a prediction counts for the drift of a release: its own model made it, on the phone. */
export const isCurrent =
  (live: LivePredictions, release: string) =>
  (row: number): boolean =>
    live.release[row] === release && live.source[row] === "device";
