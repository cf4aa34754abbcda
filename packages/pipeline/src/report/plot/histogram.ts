import type { ValueBins } from "@tideline/learn/check";
import type { ColumnKind } from "@tideline/learn/frame";
import { scaleLinear, scaleUtc } from "d3-scale";
import { count, number, time, valueOf } from "../figure.ts";
import { markup, type Markup } from "../markup.ts";
import { round } from "./share-bars.ts";

/** Units of the drawing: pixels on a narrow telephone. */
const [WIDTH, HEIGHT] = [320, 154];
const [LEFT, RIGHT, TOP, BOTTOM] = [40, 8, 8, 27];

/** Units that a letter of a label takes at most. */
const LETTER = 7;

/** What a histogram shows besides its bins. */
export interface HistogramOptions {
  /** For those who do not see it; the figures must stand beside it as text. */
  readonly label: string;
  readonly kind: ColumnKind;
  /** A value to mark by a line. */
  readonly median?: number | null;
}

/** Rows in bins as bars that touch each other, with axes of round numbers or times. */
export function histogram(
  { edges, rows, unit }: ValueBins,
  { label, kind, median = null }: HistogramOptions,
): Markup {
  const [first, last] = [edges[0]!, edges.at(-1)!];
  const room = WIDTH - LEFT - RIGHT;
  const most = Math.max(...rows, 1);
  const y = scaleLinear()
    .domain([0, most])
    .nice(3)
    .range([HEIGHT - BOTTOM, TOP]);
  const flat = !(last > first) || last - first === Infinity;
  const x = (value: number) => (flat ? LEFT : LEFT + ((value - first) / (last - first)) * room);
  const bars = rows.map((own, bin) => {
    if (own === 0) return null;
    const left = flat ? LEFT + room / 3 : x(edges[bin]!);
    const right = flat ? LEFT + (2 * room) / 3 : x(edges[bin + 1]!);
    const gap = right - left > 4 ? 1 : 0;
    return markup`<rect x="${round(left)}" y="${round(y(own))}" width="${round(Math.max(0.6, right - left - gap))}" height="${round(y(0) - y(own))}"><title>${binText({ edges, unit }, bin, kind)}: ${count(own)}</title></rect>`;
  });
  const wide = y.ticks(3).filter(Number.isInteger);
  const lines = wide.map(
    (tick) =>
      markup`<path class="grid" d="M${LEFT} ${round(y(tick))}H${WIDTH - RIGHT}"/><text x="${LEFT - 5}" y="${round(y(tick)) + 4}" text-anchor="end">${short(tick)}</text>`,
  );
  // A label that would run into the one before it is left out.
  let free = 0;
  const names = ticksOf(first, last, kind, unit).map(({ at, text }) => {
    const place = flat ? LEFT + room / 2 : x(at);
    const wide = text.length * LETTER;
    const left = Math.max(0, Math.min(WIDTH - wide, place - wide / 2));
    if (left < free) return null;
    free = left + wide + LETTER;
    return markup`<text x="${round(left + wide / 2)}" y="${HEIGHT - 6}" text-anchor="middle">${text}</text>`;
  });
  const middle = !flat && median !== null && median >= first && median <= last;
  const line = middle
    ? markup`<path class="other" d="M${round(x(median + (unit ? 0.5 : 0)))} ${TOP}V${HEIGHT - BOTTOM}"><title>median ${valueOf(median, kind)}</title></path>`
    : null;
  return markup`<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${label}">${lines}<g class="mark">${bars}</g><path class="axis" d="M${LEFT} ${HEIGHT - BOTTOM}H${WIDTH - RIGHT}"/>${line}${names}</svg>`;
}

/** What a bin holds, as text. */
export function binText(
  { edges, unit }: Pick<ValueBins, "edges" | "unit">,
  bin: number,
  kind: ColumnKind,
): string {
  const [from, to] = [edges[bin]!, edges[bin + 1]!];
  if (unit || from === to) return valueOf(from, kind);
  return `${valueOf(from, kind)} to ${valueOf(to, kind)}`;
}

interface Tick {
  readonly at: number;
  readonly text: string;
}

function ticksOf(first: number, last: number, kind: ColumnKind, units: boolean): readonly Tick[] {
  if (!(last > first) || last - first === Infinity) return [{ at: first, text: valueOf(first, kind) }];
  if (kind === "time" && Math.abs(first) < 8.64e18 && Math.abs(last) < 8.64e18) {
    const scale = scaleUtc().domain([first / 1000, last / 1000]);
    const own = scale.ticks(4);
    // Spans below a millisecond have none.
    if (own.length < 2) return [{ at: first, text: time(first) }];
    const text = timeFormat(own);
    return own.map((at) => ({ at: at.getTime() * 1000, text: text(at) }));
  }
  const own = scaleLinear().domain([first, last]).ticks(4);
  if (units)
    return own.flatMap((at) =>
      Number.isInteger(at) && at < last ? [{ at: at + 0.5, text: short(at) }] : [],
    );
  const texts = own.map(short);
  // Numbers that differ only in digits which are not shown: how far they are from the first.
  const alike = new Set(texts).size < texts.length;
  return own.map((at, place) => ({
    at,
    text: alike && place > 0 ? `+${short(at - own[0]!)}` : texts[place]!,
  }));
}

/** The parts of times that differ: years, months, days or hours. */
function timeFormat(ticks: readonly Date[]): (at: Date) => string {
  const step = ticks[1]!.getTime() - ticks[0]!.getTime();
  const text = (at: Date) => at.toISOString().replace(/^\+0*/u, "");
  if (step >= 300 * 86_400_000) return (at) => text(at).split("-01-")[0]!;
  if (step >= 27 * 86_400_000) return (at) => text(at).slice(0, 7);
  if (step >= 86_400_000) return (at) => text(at).slice(5, 10);
  if (step >= 60_000) return (at) => text(at).slice(11, 16);
  return (at) => text(at).slice(14, step >= 1000 ? 19 : 23);
}

const UNITS: readonly (readonly [number, string])[] = [
  [1e9, "G"],
  [1e6, "M"],
  [1e3, "k"],
];

/** A number of an axis in few characters. */
function short(value: number): string {
  const size = Math.abs(value);
  const unit = size >= 1e4 && size < 1e12 ? UNITS.find(([one]) => size >= one) : undefined;
  const text =
    unit === undefined ? number(value) : `${number(Number((value / unit[0]).toPrecision(4)))} ${unit[1]}`;
  return text;
}
