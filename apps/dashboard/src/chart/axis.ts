import { tickFormat, timeTicks } from "../format/time.ts";

/** How every axis is drawn: no line, small muted figures. */
export const AXIS = {
  axisLine: false,
  tickLine: false,
  tick: { fill: "var(--muted)", fontSize: 12 },
} as const;

/** How every drawn line is drawn: without animation, since a new value comes every second. */
export const STROKE = { isAnimationActive: false, strokeWidth: 2.25 } as const;

/** Height of a drawing in pixels. */
export const HEIGHT = { tall: 248, low: 116 } as const;

/** Space around the plot; above it the names of markers take so many rows. */
export const marginFor = (rows: number) => ({ top: 8 + 15 * rows, right: 14, bottom: 0, left: 0 }) as const;

/** Ticks from a round share below the lowest value (80 % at most) up to 100 %, a tenth or a quarter apart. */
export function shareTicks(lowest: number): readonly number[] {
  const tenths = Math.floor(lowest * 10);
  if (tenths < 5) return [0, 0.25, 0.5, 0.75, 1];
  const first = Math.min(tenths, 8);
  return Array.from({ length: 11 - first }, (_, index) => (first + index) / 10);
}

/** Properties of a horizontal axis of times that spans these times. */
export function timeAxis(times: readonly number[]) {
  const from = Math.min(...times);
  const to = Math.max(...times, from + 1000);
  return {
    ...AXIS,
    type: "number",
    dataKey: "at",
    domain: [from, to],
    ticks: timeTicks(from, to, 5),
    tickFormatter: tickFormat(to - from),
    interval: "preserveStartEnd",
    tickMargin: 8,
  } as const;
}
