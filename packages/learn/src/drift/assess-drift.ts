import { tidelineError } from "@tideline/spec";
import { matrix } from "../matrix.ts";
import { quantileOfSorted } from "../quantile.ts";
import { seededRandom } from "../random.ts";
import type { ClassHistograms, PredictedRows } from "./class-histogram.ts";
import { countHistograms } from "./class-histogram.ts";
import type { ReferenceCounts } from "./drift-null.ts";
import { mixedHistogram, nullDraw, pooledByClass, psiByFeature } from "./drift-null.ts";
import type { DriftReference } from "./drift-reference.ts";

/** What {@link assessDrift} takes. */
export interface DriftOptions {
  /** People that must report before anything is said. Default 5: with three, a 180 degree turn is missed one time in five. */
  readonly minPeople?: number;
  /** Rows that a person must have to count. Default 60: shorter runs of overlapping windows repeat themselves. */
  readonly minRows?: number;
  /** Draws of the null distribution. Default 150. */
  readonly draws?: number;
  readonly seed?: number;
  /** Share of the null draws that may exceed a feature's threshold. Default 0.01. */
  readonly alpha?: number;
}

/** One feature's shift. */
export interface FeatureDrift {
  readonly name: string;
  /** Population stability index against the reference at the current class mix. */
  readonly psi: number;
  readonly threshold: number;
  readonly drifted: boolean;
}

/** What a monitor says of a window. */
export interface DriftReport {
  /** `waiting`: too few people have reported to say anything. */
  readonly verdict: "stable" | "drifted" | "waiting";
  /** One sentence for a person. */
  readonly reason: string;
  /** People with enough rows, and their rows. */
  readonly people: number;
  readonly rows: number;
  /** Share of the features over their threshold; 0 while waiting. */
  readonly fraction: number;
  /** The largest such share in the null draws; 1 while waiting. */
  readonly nullFraction: number;
  /** The largest index first; empty while waiting. */
  readonly features: readonly FeatureDrift[];
}

/** An index that custom calls a large shift: no feature is flagged below it, however certain. */
const LARGE_PSI = 0.2;

/** Fewer features than this may drift without an alert: one in twenty is what chance and single sensors do. */
const MIN_FRACTION = 0.05;

/**
 * Whether a window of rows has drifted from the reference, by the population stability index of each feature.
 *
 * Two things make a raw index exceed 0.2 without any drift: another mix of classes (people do one activity after
 * the other) and few people (each person is unlike the pool). So the reference is reweighted to the window's mix of
 * predicted classes, and each feature's threshold is the larger of 0.2 and the (1 - alpha) quantile of the index
 * under a bootstrap by person (see `nullDraw`). The window has drifted when the share of features over their
 * threshold exceeds both 0.05 and its largest value in the null draws.
 *
 * People with fewer than `minRows` rows are left out. The answer is `waiting` until `minPeople` people are left,
 * and while the reference itself has fewer people than that. Deterministic for a seed.
 *
 * @throws ARGUMENT_INVALID for illegal options, lengths that differ or an illegal class.
 * @example
 * const report = assessDrift(reference, { features, classes: model.predict(features), people }, { minPeople: 5 });
 * if (report.verdict === "drifted") retrain(report.reason);
 */
export function assessDrift(
  reference: DriftReference,
  current: PredictedRows,
  options: DriftOptions = {},
): DriftReport {
  const { minPeople, minRows, draws, seed, alpha } = checkOptions(options);
  if (current.features.columns !== reference.names.length && current.features.rows > 0) {
    throw tidelineError("ARGUMENT_INVALID", {
      who: "assessDrift",
      field: "features",
      expected: `${reference.names.length} columns`,
      received: String(current.features.columns),
    });
  }
  const C = reference.classCount;
  const F = reference.names.length;
  const window = current.features.rows > 0 ? current : { ...current, features: noRows(F) };
  const counted = countHistograms("assessDrift", window, C, reference);
  const reporting = reportingPeople(counted, C, minRows);
  const rows = reporting.reduce((total, person) => total + person.total, 0);
  const waiting = whyWaiting(reporting.length, reference.people, minPeople, minRows);
  if (waiting !== undefined) {
    return Object.freeze({
      verdict: "waiting",
      reason: waiting,
      people: reporting.length,
      rows,
      fraction: 0,
      nullFraction: 1,
      features: Object.freeze([]),
    });
  }

  const known: ReferenceCounts = {
    people: reference.people,
    classCount: C,
    features: F,
    bins: reference.bins,
    rows: Float64Array.from(reference.rows),
    counts: Float64Array.from(reference.counts),
  };
  const pooled = pooledByClass(known);
  const mix = new Float64Array(C);
  const actual = new Float64Array(F * reference.bins);
  for (const person of reporting) {
    for (let c = 0; c < C; c++) mix[c]! += person.rows[c]!;
    for (let b = 0; b < actual.length; b++) actual[b]! += person.counts[b]!;
  }
  const expected = mixedHistogram(known, new Float64Array(known.people).fill(1), mix, pooled);
  const observed = psiByFeature(expected, actual, F, reference.bins);

  const random = seededRandom(seed);
  const rowsByPerson = reporting.map((person) => person.rows);
  const nulls = Array.from({ length: draws }, () => nullDraw(known, rowsByPerson, mix, pooled, random));
  const thresholds = Float64Array.from({ length: F }, (_, f) => {
    const drawn = Float64Array.from(nulls, (draw) => draw[f]!).sort();
    return Math.max(LARGE_PSI, quantileOfSorted(drawn, 1 - alpha));
  });
  const fraction = shareOver(observed, thresholds);
  const nullFraction = Math.max(...nulls.map((draw) => shareOver(draw, thresholds)));
  const drifted = fraction > nullFraction && fraction > MIN_FRACTION;
  const features = Array.from(observed, (value, f) =>
    Object.freeze({
      name: reference.names[f]!,
      psi: value,
      threshold: thresholds[f]!,
      drifted: value > thresholds[f]!,
    }),
  ).sort((a, b) => b.psi - a.psi);
  return Object.freeze({
    verdict: drifted ? "drifted" : "stable",
    reason:
      `${percent(fraction)} of ${F} features are over their threshold for ${reporting.length} people; ` +
      `without drift at most ${percent(Math.max(nullFraction, MIN_FRACTION))} are expected`,
    people: reporting.length,
    rows,
    fraction,
    nullFraction,
    features: Object.freeze(features),
  });
}

interface ReportingPerson {
  readonly total: number;
  /** [classes] */
  readonly rows: Float64Array;
  /** [features, bins], over all classes. */
  readonly counts: Float64Array;
}

function reportingPeople(counted: ClassHistograms, C: number, minRows: number): readonly ReportingPerson[] {
  const out: ReportingPerson[] = [];
  const cell = counted.counts.length / Math.max(1, counted.rows.length);
  for (let p = 0; p < counted.keys.length; p++) {
    const rows = counted.rows.subarray(p * C, (p + 1) * C);
    const total = rows.reduce((sum, count) => sum + count, 0);
    if (total < minRows) continue;
    const counts = new Float64Array(cell);
    for (let at = 0; at < C * cell; at++) counts[at % cell]! += counted.counts[p * C * cell + at]!;
    out.push({ total, rows, counts });
  }
  return out;
}

function whyWaiting(people: number, known: number, minPeople: number, minRows: number): string | undefined {
  if (people < minPeople) {
    return `${people} of at least ${minPeople} people have reported ${minRows} rows or more`;
  }
  if (known < minPeople) {
    return `the reference has ${known} people; at least ${minPeople} are needed to know how people differ`;
  }
  return undefined;
}

function shareOver(values: Float64Array, thresholds: Float64Array): number {
  let over = 0;
  for (let f = 0; f < values.length; f++) if (values[f]! > thresholds[f]!) over++;
  return over / values.length;
}

function checkOptions(options: DriftOptions): Required<DriftOptions> {
  const { minPeople = 5, minRows = 60, draws = 150, seed = 0, alpha = 0.01 } = options;
  const wrong = (field: string, expected: string, received: number) =>
    tidelineError("ARGUMENT_INVALID", { who: "assessDrift", field, expected, received: String(received) });
  if (!Number.isInteger(minPeople) || minPeople < 2) {
    throw wrong("minPeople", "an integer of at least 2: one person alone always differs", minPeople);
  }
  if (!Number.isInteger(minRows) || minRows < 1) throw wrong("minRows", "a positive integer", minRows);
  if (!Number.isInteger(draws) || draws < 20) throw wrong("draws", "an integer of at least 20", draws);
  if (!(alpha > 0 && alpha < 1)) throw wrong("alpha", "a share between 0 and 1", alpha);
  return { minPeople, minRows, draws, seed, alpha };
}

function noRows(columns: number): PredictedRows["features"] {
  return matrix(0, columns, new Float64Array(0));
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)}%`;
}
