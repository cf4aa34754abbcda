const count = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const compact = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });
const exact = new Intl.NumberFormat("en", { maximumSignificantDigits: 4 });

/** A space at which no line breaks: a number stays with its unit. */
export const HARD_SPACE = "\u00a0";

/** What stands where a number is not known yet. */
export const UNKNOWN = "–";

/** A count with thousands separated: `12,345`. */
export const formatCount = (value: number): string => count.format(value);

/** A count short enough for an axis: `12.3K`. */
export const formatCompact = (value: number): string => compact.format(value);

/** A share between 0 and 1 as a percentage with one decimal; `–` for null. */
export const formatPercent = (value: number | null): string =>
  value === null ? UNKNOWN : `${(value * 100).toFixed(1)}${HARD_SPACE}%`;

/** A share for an axis, without decimals. */
export const formatPercentTick = (value: number): string => `${Math.round(value * 100)}${HARD_SPACE}%`;

/** Bytes in decimal units with three figures: `48.2 kB`. */
export function formatBytes(value: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const step = value < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(value) / 3));
  return `${Number((value / 1000 ** step).toPrecision(3))}${HARD_SPACE}${units[step]}`;
}

/** A small difference such as a parity: `3.2e-7`, or `0`. */
export const formatDifference = (value: number): string => (value === 0 ? "0" : value.toExponential(1));

/** A parameter or metric of a run, whatever it measures: four significant figures. */
export function formatFigure(value: string | number): string {
  if (typeof value === "string") return value;
  return value !== 0 && Math.abs(value) < 1e-3 ? value.toExponential(2) : exact.format(value);
}

/** A content address, cut to what a person compares. */
export const shortId = (id: string): string => (id.length > 14 ? `${id.slice(0, 12)}…` : id);
