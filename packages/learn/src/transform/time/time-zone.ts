import { illegalOption } from "../../net/check-option.ts";
import { checkFloats, malformedState } from "../state-check.ts";

/** How far local time is ahead of UTC, from one instant to the next. */
export type ZoneTable = {
  /** [T], microseconds since 1970 in UTC at which the offset changes, rising. */
  readonly changes: Float64Array;
  /** [T + 1], microseconds to add to UTC: before the first change, and after each. */
  readonly offsets: Float64Array;
};

/** The years whose changes a table holds. Before and after, the nearest offset goes on. */
export const ZONE_YEARS = [1970, 2100] as const;

const DAY = 86_400_000;
const tables = new Map<string, ZoneTable>();

/** Whether the engine knows a time zone. */
export function isTimeZone(name: unknown): name is string {
  if (typeof name !== "string") return false;
  try {
    return new Intl.DateTimeFormat("en-US", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

/**
 * The offsets of a time zone from 1970 to 2100, with daylight saving as the engine's time zone data (IANA) has it: looked up once a
 * week, each change then found to the second. A change and its undoing within one week would be missed; there is none.
 *
 * @throws DEFINITION_ILLEGAL for a zone that the engine does not know.
 */
export function zoneTable(zone: string): ZoneTable {
  const known = tables.get(zone);
  if (known !== undefined) return known;
  if (!isTimeZone(zone))
    throw illegalOption("time zone", "timeZone", "a name of IANA, such as Europe/Berlin", zone);
  const offset = offsetOf(zone);
  const [changes, offsets]: [number[], number[]] = [[], []];
  const [from, to] = ZONE_YEARS.map((year) => Date.UTC(year, 0, 1)) as [number, number];
  let last = offset(from);
  offsets.push(last * 1000);
  for (let at = from + 7 * DAY; at < to + 7 * DAY; at += 7 * DAY) {
    const now = offset(at);
    if (now === last) continue;
    let [low, high] = [at - 7 * DAY, at];
    while (high - low > 1000) {
      const middle = low + Math.floor((high - low) / 2000) * 1000;
      if (offset(middle) === last) low = middle;
      else high = middle;
    }
    changes.push(high * 1000);
    offsets.push(now * 1000);
    last = now;
  }
  const table = Object.freeze({ changes: Float64Array.from(changes), offsets: Float64Array.from(offsets) });
  tables.set(zone, table);
  return table;
}

/** Milliseconds that a zone is ahead of UTC at an instant. */
function offsetOf(zone: string): (instant: number) => number {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
    era: "short",
  });
  return (instant) => {
    const part: Record<string, string> = {};
    for (const { type, value } of format.formatToParts(instant)) part[type] = value;
    const [year, month, day, hour, minute, second] = ["year", "month", "day", "hour", "minute", "second"].map(
      (name) => Number(part[name]),
    ) as [number, number, number, number, number, number];
    return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(instant / 1000) * 1000;
  };
}

/** What is to be added to an instant in UTC. */
export function offsetAt({ changes, offsets }: ZoneTable, instant: number): number {
  let [low, high] = [0, changes.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (changes[middle]! <= instant) low = middle + 1;
    else high = middle;
  }
  return offsets[low]!;
}

/**
 * The instant at which local clocks show a time, both in microseconds. Of the two that show it when clocks go back it is the
 * earlier; what is skipped when they go forward counts as if they had not (as Python's `fold=0`).
 */
export function instantOf(table: ZoneTable, shown: number): number {
  // Clocks are within a day of UTC, and change less often than that.
  const before = offsetAt(table, shown - 86_400e6);
  const after = offsetAt(table, shown + 86_400e6);
  const early = shown - before;
  if (before === after || offsetAt(table, early) === before) return early;
  return offsetAt(table, shown - after) === after ? shown - after : early;
}

/** Wants a table that came of storage to be one. @throws MODEL_MALFORMED */
export function checkZoneTable(who: string, state: ZoneTable): void {
  const count = state?.changes?.length ?? 0;
  checkFloats(who, state, { changes: count, offsets: count + 1 });
  if (state.changes.some((change, at) => !(at === 0 || change > state.changes[at - 1]!)))
    throw malformedState(who, "changes", "rising instants", "others");
  if (state.offsets.some((offset) => !(Math.abs(offset) <= 86_400e6)))
    throw malformedState(who, "offsets", "at most a day", "more");
}
