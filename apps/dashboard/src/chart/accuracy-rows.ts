import type { AccuracyPoint, LoopStatus } from "@tideline/spec";

/** Colours of releases, by turns. */
const COLORS = ["var(--tide)", "var(--deep)", "var(--good)", "var(--warn)"] as const;

/** A release's line in the chart of live accuracy. */
export interface AccuracyLine {
  /** Field of {@link AccuracyRow} that holds its values. */
  readonly key: string;
  readonly name: string;
  readonly color: string;
}

/** A moment of the chart: one field a release, besides the time. */
export type AccuracyRow = { readonly at: number } & Readonly<Record<string, number>>;

/** Splits the curve by release, so that each has its own line and colour. */
export function accuracyRows(
  points: readonly AccuracyPoint[],
  releases: LoopStatus["releases"],
): { readonly lines: readonly AccuracyLine[]; readonly rows: readonly AccuracyRow[] } {
  const ids = [...new Set(points.map((point) => point.release))];
  const lines = ids.map((id, index) => {
    const version = releases.find((release) => release.id === id)?.version;
    return {
      key: `line${index}`,
      name: version === undefined ? `release ${id.slice(0, 6)}` : `release ${version}`,
      color: COLORS[index % COLORS.length]!,
    };
  });
  const rows = points.map((point) => ({
    at: point.at,
    [`line${ids.indexOf(point.release)}`]: point.accuracy,
  }));
  return { lines, rows };
}
