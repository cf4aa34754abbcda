import type { ColumnKind } from "../frame/column.ts";

/** Rows in bins of one width, for a picture: plain data. */
export interface ValueBins {
  /** [bins + 1], ascending: bin `b` has what is from edge `b` up to below edge `b + 1`, the last one its end too. */
  readonly edges: readonly number[];
  /** [bins] */
  readonly rows: readonly number[];
  /** Rows below the first edge and above the last one, which would have drawn the rest together. */
  readonly below: number;
  readonly above: number;
  /** Whether each bin is of one whole number, its first edge. */
  readonly unit: boolean;
}

/** Bins at most; one for each whole number where there are no more than {@link WHOLE}. */
const MOST = 32;
/** Bins at least, where there are so many values: what would be fewer hides gaps. */
const LEAST = 16;
const WHOLE = 40;
/** Values of which some are called far from the rest at least. */
const FEW = 50;

/** Widths of bins of times, in microseconds: those in which people count. */
const SPANS = [1, 5, 15, 30, 60, 300, 900, 1800, 3600, 10_800, 21_600, 43_200, 86_400, 604_800].map(
  (seconds) => seconds * 1e6,
);

/**
 * Bins of sorted finite numbers, about as many as D. Freedman and P. Diaconis have ("On the histogram as a density estimator",
 * 1981), with edges at multiples of 1, 2 or 5 times a power of ten (of times: at whole seconds to weeks in UTC). Tails that lie
 * further than 1.5 times the width of the middle 90 % from it are counted and not drawn; there are no bins without values.
 */
export function valueBins(sorted: Float64Array, kind: ColumnKind): ValueBins {
  const n = sorted.length;
  if (n === 0) return freeze([], [], 0, 0, false);
  const at = (share: number) => sorted[Math.floor(share * (n - 1))]!;
  const [least, most] = [sorted[0]!, sorted[n - 1]!];
  // Of a few values none is far from the rest.
  const reach = n < FEW ? 0 : 1.5 * (at(0.95) - at(0.05));
  const [from, to] = reach > 0 ? [at(0.05) - reach, at(0.95) + reach] : [least, most];
  const low = sorted.find((value) => value >= from)!;
  const high = sorted.findLast((value) => value <= to)!;
  // JSON and tables with gaps have whole numbers as floats.
  const whole = kind !== "time" && sorted.every(Number.isInteger);
  const unit = whole && high - low < WHOLE;
  const edges = edgesOf(low, high, wanted(high - low, at(0.75) - at(0.25), n), whole, kind === "time");
  const rows = new Float64Array(edges.length - 1);
  let [bin, below, above] = [0, 0, 0];
  for (const value of sorted) {
    if (value < edges[0]!) below++;
    else if (value > edges.at(-1)!) above++;
    else {
      while (bin < rows.length - 1 && value >= edges[bin + 1]!) bin++;
      rows[bin]!++;
    }
  }
  return freeze(edges, [...rows], below, above, unit && edges[1] === edges[0]! + 1);
}

/** How many bins a range should have. */
function wanted(range: number, quartiles: number, n: number): number {
  const width = (2 * quartiles) / Math.cbrt(n);
  return Math.max(Math.min(LEAST, n), Math.min(MOST, width > 0 ? Math.ceil(range / width) : MOST));
}

function edgesOf(low: number, high: number, bins: number, whole: boolean, time: boolean): number[] {
  const range = high - low;
  if (whole && range < WHOLE) return ascending(low, low + range + 1, 1) ?? [low, high];
  // Ranges beyond the largest number, and none.
  if (!(range > 0) || range === Infinity) return [low, high];
  const step = time ? timeStep(range / bins) : Math.max(whole ? 1 : 0, roundStep(range / bins));
  return ascending(low, high, step) ?? [low, high];
}

/** Multiples of a step around a range; undefined where they are so near to each other that rounding joins them. */
function ascending(low: number, high: number, step: number): number[] | undefined {
  // A tenth is no sum of halves: what is no whole number is rounded to what people write.
  const edge = (at: number) => (Number.isInteger(step) ? at * step : Number((at * step).toPrecision(15)));
  let [first, last] = [Math.floor(low / step), Math.ceil(high / step)];
  if (edge(first) > low) first--;
  if (edge(last) < high) last++;
  const bins = last - first;
  if (!(bins > 0 && bins <= 2 * MOST)) return undefined;
  const edges = Array.from({ length: bins + 1 }, (_, at) => edge(first + at));
  return edges.every((one, at) => Number.isFinite(one) && (at === 0 || one > edges[at - 1]!))
    ? edges
    : undefined;
}

/** The nearest of 1, 2 and 5 times a power of ten, by ratio. */
function roundStep(width: number): number {
  const power = 10 ** Math.floor(Math.log10(width));
  const times = width / power;
  return power * (times < 1.415 ? 1 : times < 3.163 ? 2 : times < 7.072 ? 5 : 10);
}

/** The least span of time that is no less: whole weeks beyond the list. */
function timeStep(width: number): number {
  const day = 86_400e6;
  if (width < SPANS[0]!) return roundStep(width);
  return SPANS.find((span) => span >= width) ?? day * Math.ceil(roundStep(width / day));
}

function freeze(
  edges: readonly number[],
  rows: readonly number[],
  below: number,
  above: number,
  unit: boolean,
): ValueBins {
  return Object.freeze({ edges: Object.freeze(edges), rows: Object.freeze(rows), below, above, unit });
}
