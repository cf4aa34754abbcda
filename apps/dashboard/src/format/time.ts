import { HARD_SPACE } from "./number.ts";

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });
const minute = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });
const day = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Distances between ticks that a person reads at once, in milliseconds. */
const STEPS = [
  ...[1, 5, 15, 30].map((n) => n * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE),
  ...[1, 2, 3, 6, 12].map((n) => n * HOUR),
  ...[1, 2, 7, 14, 30, 90, 365].map((n) => n * DAY),
];

/** The local time of day with seconds, of milliseconds since 1970. */
export const formatTime = (at: number): string => clock.format(at);

/** The local date and time. */
export const formatDateTime = (at: number): string => full.format(at);

/** A length of time in milliseconds, in its two largest units: `2 h 5 min`, `1.4 s`, `38 ms`. */
export function formatDuration(length: number): string {
  if (length < SECOND) return `${Math.round(length)}${HARD_SPACE}ms`;
  if (length < 10 * SECOND) return `${(length / SECOND).toFixed(1)}${HARD_SPACE}s`;
  if (length < MINUTE) return `${Math.round(length / SECOND)}${HARD_SPACE}s`;
  const pair = (large: number, largeUnit: string, small: number, smallUnit: string): string => {
    const total = Math.round(length / small);
    const rest = total % (large / small);
    const head = `${Math.floor(total / (large / small))}${HARD_SPACE}${largeUnit}`;
    return rest === 0 ? head : `${head}${HARD_SPACE}${rest}${HARD_SPACE}${smallUnit}`;
  };
  if (length < HOUR) return pair(MINUTE, "min", SECOND, "s");
  return length < DAY ? pair(HOUR, "h", MINUTE, "min") : pair(DAY, "d", HOUR, "h");
}

/** Ticks of an axis of time: round local times, at most `most` of them, between two times. */
export function timeTicks(from: number, to: number, most: number): number[] {
  const step = STEPS.find((step) => (to - from) / step <= most) ?? Math.ceil((to - from) / most / DAY) * DAY;
  const offset = new Date(from).getTimezoneOffset() * MINUTE;
  const first = Math.ceil((from - offset) / step) * step + offset;
  const count = Math.max(0, Math.floor((to - first) / step) + 1);
  return Array.from({ length: Math.min(count, most + 1) }, (_, index) => first + index * step);
}

/** How a tick is written when the axis spans so many milliseconds. */
export function tickFormat(span: number): (at: number) => string {
  if (span > 2 * DAY) return (at) => day.format(at);
  return span > 10 * MINUTE ? (at) => minute.format(at) : (at) => clock.format(at);
}
