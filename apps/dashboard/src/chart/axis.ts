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
export const HEIGHT = { tall: 236, low: 116 } as const;

/** Space around the plot; above it stand the names of markers. */
export const MARGIN = { top: 36, right: 14, bottom: 0, left: 0 } as const;

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
