import { tidelineError } from "@tideline/spec";
import { shortNumber } from "./short-number.ts";
import { at, textAt } from "./svg-text.ts";

/** An axis of numbers. */
export interface LinearScale {
  /** Round values, ascending. */
  readonly ticks: readonly number[];
  /** Pixels of a value. */
  place(value: number): number;
}

/**
 * A scale from the range of values to pixels, wide enough for round ends; ticks are 1, 2 or 5 by a power of ten apart.
 *
 * @throws ARGUMENT_INVALID for a range that is not finite.
 */
export function linearScale(
  low: number,
  high: number,
  [from, to]: readonly [number, number],
  most = 6,
): LinearScale {
  const size = Math.max(Math.abs(low), Math.abs(high));
  // A range that is a single value, or hardly more than one, still needs a width.
  const single = !(high - low > Math.max(1e-9 * size, 1e-290));
  const extent = single ? Math.max(size, 1) : high - low;
  const raw = extent / Math.max(1, most - 1);
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= raw * 0.999999) ?? 10);
  const first = Math.floor(low / step + 1e-9);
  const last = Math.max(first + 1, Math.ceil(high / step - 1e-9));
  const ticks = Array.from({ length: last - first + 1 }, (_, i) =>
    Number(((first + i) * step).toPrecision(12)),
  );
  const span = (last - first) * step;
  if (![span, ...ticks].every(Number.isFinite))
    throw tidelineError("ARGUMENT_INVALID", {
      who: "plot",
      field: "values",
      expected: "finite numbers that are not too far apart",
      received: `${low} to ${high}`,
    });
  return { ticks, place: (value) => from + ((value - first * step) / span) * (to - from) };
}

/** Vertical lines with their values below, and the axis' name below these. */
export function bottomAxis(
  { ticks, place }: LinearScale,
  [top, bottom]: readonly [number, number],
  name: string,
): readonly string[] {
  const middle = (place(ticks[0]!) + place(ticks.at(-1)!)) / 2;
  return [
    ...ticks.map((tick) => `<path class="grid" d="M${at(place(tick))} ${at(top)}V${at(bottom)}"/>`),
    ...ticks.map((tick) =>
      textAt(place(tick), bottom + 18, shortNumber(tick), { anchor: "middle", className: "muted" }),
    ),
    textAt(middle, bottom + 40, name, { anchor: "middle", className: "muted", most: 80 }),
  ];
}

/** Horizontal lines with their values on the left, and the axis' name beside these. */
export function leftAxis(
  { ticks, place }: LinearScale,
  [left, right]: readonly [number, number],
  name: string,
): readonly string[] {
  const middle = (place(ticks[0]!) + place(ticks.at(-1)!)) / 2;
  return [
    ...ticks.map((tick) => `<path class="grid" d="M${at(left)} ${at(place(tick))}H${at(right)}"/>`),
    ...ticks.map((tick) =>
      textAt(left - 8, place(tick) + 4, shortNumber(tick), { anchor: "end", className: "muted" }),
    ),
    textAt(22, middle, name, { anchor: "middle", className: "muted", turned: true, most: 40 }),
  ];
}
