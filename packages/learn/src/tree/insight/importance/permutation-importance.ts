import { tidelineError } from "@tideline/spec";
import type { Interval } from "../../../metric/interval.ts";
import { oneOf, positiveInteger } from "../../../net/check-option.ts";
import { seededRandom } from "../../../random.ts";
import {
  IMPORTANCE_METRICS,
  type ImportanceMetric,
  type ImportanceMetricName,
  type Prediction,
} from "./importance-metric.ts";
import {
  checkImportanceRows,
  importanceNames,
  withExchanged,
  type ImportanceRows,
} from "./importance-rows.ts";
import { studentQuantile } from "./student-quantile.ts";

/** What {@link permutationImportance} takes. */
export interface PermutationOptions {
  readonly metric: ImportanceMetricName | ImportanceMetric;
  /** How often each column is exchanged. Default 10. */
  readonly repeats?: number;
  readonly seed?: number;
  /** Coverage of the intervals, between 0 and 1. Default 0.95. */
  readonly level?: number;
  /** The only columns and groups that are looked at. Default all. */
  readonly features?: readonly string[];
  /**
   * Columns that are exchanged together, by a name of theirs: of columns that say the same each alone looks unimportant, as
   * the model still has the other. {@link correlatedGroups} finds them.
   */
  readonly groups?: Readonly<Record<string, readonly string[]>>;
  readonly signal?: AbortSignal;
  /** Called after each feature. */
  readonly onFeature?: (done: PermutedFeature) => void;
}

/** What a model loses without a column, or a group of them. */
export interface PermutedFeature {
  /** The column's name, or the group's. */
  readonly feature: string;
  readonly columns: readonly string[];
  /** By how much the metric gets worse, in the mean of the repeats; below 0 where chance made it better. */
  readonly mean: number;
  /** Standard deviation over the repeats (n - 1). */
  readonly deviation: number;
  /** Of the mean over all ways to exchange these rows, by Student's distribution; not of other rows. */
  readonly interval: Interval;
  /** By how much the metric got worse, a repeat at a time. */
  readonly losses: Float64Array;
}

/** The answer of {@link permutationImportance}. */
export interface PermutationImportance {
  readonly metric: string;
  /** The metric with all columns as they are. */
  readonly score: number;
  /** In the order of the columns, groups first. */
  readonly features: readonly PermutedFeature[];
}

const WHO = "permutationImportance";

/**
 * By how much a model's predictions get worse when the values of a column are exchanged between rows (L. Breiman, "Random
 * Forests", 2001, section 10; for any model A. Fisher, C. Rudin, F. Dominici, "All Models are Wrong, but Many are Useful",
 * 2019). Ask it on rows that were held out. Equal seeds give equal answers, whichever columns are looked at beside a column.
 *
 * @param predict the model, as a function of rows of the same form: of any kind, and a promise where it takes time.
 * @throws NOT_ENOUGH_DATA with fewer than two rows; ARGUMENT_INVALID for lengths that differ and unknown columns or features;
 *   DEFINITION_ILLEGAL for options out of range and a column in two groups; what the model and the metric throw.
 * @example
 * await permutationImportance((rows) => model.predictProbabilities(rows), { X, y }, { metric: "logLoss", seed: 1 });
 * await permutationImportance(({ columns }) => net.predict({ columns }, runtime), rows, { metric: "meanAbsoluteError" });
 */
export async function permutationImportance<Rows extends ImportanceRows>(
  predict: (rows: Rows) => Prediction | Promise<Prediction>,
  rows: Rows,
  options: PermutationOptions,
): Promise<PermutationImportance> {
  const { repeats = 10, seed = 0, level = 0.95, signal, onFeature } = options;
  positiveInteger(WHO, "repeats", repeats);
  if (!(level > 0 && level < 1)) throw illegal("level", "a number between 0 and 1", String(level));
  const metric: ImportanceMetric =
    typeof options.metric === "string"
      ? IMPORTANCE_METRICS[oneOf(WHO, "metric", IMPORTANCE_METRICS, options.metric)]
      : options.metric;
  checkImportanceRows(WHO, rows);
  const parts = partsOf(importanceNames(rows), options);
  const sign = metric.better === "higher" ? 1 : -1;
  const score = metric.of(rows.y, await predict(rows));
  if (!Number.isFinite(score))
    throw tidelineError("ARGUMENT_INVALID", {
      who: WHO,
      field: `metric ${metric.name}`,
      expected: "a finite figure of these rows",
      received: String(score),
    });
  const features: PermutedFeature[] = [];
  for (const [feature, columns] of parts) {
    const losses = new Float64Array(repeats);
    for (let repeat = 0; repeat < repeats; repeat++) {
      signal?.throwIfAborted();
      const order = exchangeOrder(rows.y.length, streamOf([seed, repeat, ...columns].join("\n")));
      losses[repeat] = sign * (score - metric.of(rows.y, await predict(withExchanged(rows, columns, order))));
    }
    const done = permutedFeature(feature, columns, losses, level);
    features.push(done);
    onFeature?.(done);
  }
  return Object.freeze({ metric: metric.name, score, features: Object.freeze(features) });
}

function illegal(field: string, expected: string, received: string): Error {
  return tidelineError("DEFINITION_ILLEGAL", { who: WHO, field, expected, received });
}

/** What is exchanged together, by name. */
function partsOf(
  names: readonly string[],
  { groups = {}, features }: PermutationOptions,
): ReadonlyMap<string, readonly string[]> {
  const unknown = (field: string, all: readonly string[], received: string) =>
    tidelineError("ARGUMENT_INVALID", {
      who: WHO,
      field,
      expected: `one of ${all.slice(0, 20).join(", ")}`,
      received: JSON.stringify(received),
    });
  const grouped = new Map<string, string>();
  for (const [group, columns] of Object.entries(groups)) {
    if (columns.length === 0) throw illegal(`groups.${group}`, "at least one column", "none");
    for (const column of columns) {
      if (!names.includes(column)) throw unknown(`groups.${group}`, names, column);
      if (grouped.has(column)) throw illegal(`groups.${group}`, "each column in one group, once", column);
      grouped.set(column, group);
    }
  }
  const parts = new Map(Object.entries(groups).map(([group, columns]) => [group, [...columns]]));
  for (const name of names) {
    if (grouped.has(name)) continue;
    if (parts.has(name)) throw illegal(`groups.${name}`, "a name that no column outside of it has", name);
    parts.set(name, [name]);
  }
  if (features === undefined) return parts;
  const missing = features.find((feature) => !parts.has(feature));
  if (missing !== undefined) throw unknown("features", [...parts.keys()], missing);
  return new Map(features.map((feature) => [feature, parts.get(feature)!]));
}

/** The seed of a stream of its own for these columns and this repeat: FNV-1a (G. Fowler, L. Noll, K. Vo). */
function streamOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}

function exchangeOrder(rows: number, seed: number): Int32Array {
  const random = seededRandom(seed);
  const order = Int32Array.from({ length: rows }, (_, row) => row);
  for (let row = rows - 1; row > 0; row--) {
    const other = random.integer(row + 1);
    const kept = order[row]!;
    order[row] = order[other]!;
    order[other] = kept;
  }
  return order;
}

function permutedFeature(
  feature: string,
  columns: readonly string[],
  losses: Float64Array,
  level: number,
): PermutedFeature {
  const n = losses.length;
  const mean = losses.reduce((sum, loss) => sum + loss, 0) / n;
  const squares = losses.reduce((sum, loss) => sum + (loss - mean) ** 2, 0);
  const deviation = n === 1 ? 0 : Math.sqrt(squares / (n - 1));
  const half = n === 1 ? Infinity : (studentQuantile(level, n - 1) * deviation) / Math.sqrt(n);
  const interval = Object.freeze({ low: mean - half, high: mean + half });
  return Object.freeze({ feature, columns: Object.freeze(columns), mean, deviation, interval, losses });
}
