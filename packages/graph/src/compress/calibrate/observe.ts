import { tidelineError } from "@tideline/spec";
import { checkModel } from "../../check.ts";
import type { OnnxModel } from "../../onnx.ts";
import type { GraphRuntime } from "../../runtime/graph-runtime.ts";
import { countSizes, emptySizes, entropyRange } from "./entropy.ts";
import { countNumbers, emptyHistogram, leastSquaresRange, percentileRange } from "./histogram.ts";
import { withZero, type Range } from "./range.ts";
import { demandRows, runtimeRows, withLoaded, type Rows } from "./run-row.ts";

/**
 * How the range of a value is found: all that was seen (`range`); without the farthest hundredth of a percent
 * (`percentile`); the part whose steps tell most of the distribution (`entropy`), or move its numbers least (`mse`).
 */
export type CalibrationMethod = "range" | "percentile" | "entropy" | "mse";

/** What is known of values, and on what it was seen. */
export interface Calibration {
  readonly runtime: GraphRuntime;
  readonly rows: readonly Rows[];
  readonly method?: CalibrationMethod;
  /** For `percentile`: how much of the numbers the range holds, in hundredths; 99.99 by default. */
  readonly percentile?: number;
}

/** The names of methods, for messages. */
export const CALIBRATION_METHODS: readonly CalibrationMethod[] = ["range", "percentile", "entropy", "mse"];

const PERCENTILE = 99.99;

/** Steps of eight bits. */
const LEVELS = 255;

/** The model with inner values as its outputs. */
export function watching(model: OnnxModel, names: readonly string[]): OnnxModel {
  const types = checkModel(model);
  const outputs = names.map((name) => ({ name, ...types.get(name)! }));
  return { ...model, graph: { ...model.graph, outputs } };
}

/** Wants options that mean something. @throws ARGUMENT_INVALID naming the field. */
export function demandCalibration(
  who: string,
  model: OnnxModel,
  { rows, method, percentile }: Calibration,
): void {
  const refuse = (field: string, expected: string, received: string) =>
    tidelineError("ARGUMENT_INVALID", { who, field: `calibration.${field}`, expected, received });
  demandRows(who, "calibration.rows", model, rows);
  if (method !== undefined && !CALIBRATION_METHODS.includes(method))
    throw refuse("method", CALIBRATION_METHODS.join(", "), String(method));
  if (percentile !== undefined && !(percentile > 50 && percentile <= 100))
    throw refuse("percentile", "a number above 50, up to 100", String(percentile));
}

/**
 * The ranges of values of a graph on some rows. Rows are run once, and once more where a method wants to know how the
 * numbers are spread: histograms are all that is kept. Numbers that are not finite say nothing.
 *
 * @throws ARGUMENT_INVALID for options that are none, and where a value has no finite number on any row; what the runtime throws.
 */
export async function rangesOf(
  model: OnnxModel,
  names: readonly string[],
  calibration: Calibration,
): Promise<ReadonlyMap<string, Range>> {
  if (names.length === 0) return new Map();
  const { runtime, rows, method = "range", percentile = PERCENTILE } = calibration;
  const fed = new Set(model.graph.inputs.map(({ name }) => name));
  const inner = names.filter((name) => !fed.has(name));
  return withLoaded(runtime, inner.length > 0 ? watching(model, inner) : model, async (loaded) => {
    const each = async (see: (name: string, values: ArrayLike<number>) => void): Promise<void> => {
      for (const row of rows) {
        const results = await loaded.run(runtimeRows(model, row), inner);
        for (const name of names)
          see(name, fed.has(name) ? row[name]!.values : (results[name]!.values as Float32Array));
      }
    };
    const seen = new Map(names.map((name) => [name, { low: 0, high: 0, finite: false }]));
    await each((name, values) => {
      const one = seen.get(name)!;
      for (let at = 0; at < values.length; at++) {
        const value = values[at]!;
        if (!Number.isFinite(value)) continue;
        one.finite = true;
        if (value < one.low) one.low = value;
        if (value > one.high) one.high = value;
      }
    });
    const blank = [...seen].find(([, { finite }]) => !finite);
    if (blank !== undefined)
      throw tidelineError("ARGUMENT_INVALID", {
        who: `graph "${model.graph.name}"`,
        field: "calibration.rows",
        expected: `rows for which "${blank[0]}" has finite numbers`,
        received: "none",
      });
    const all = new Map([...seen].map(([name, { low, high }]) => [name, withZero(low, high)]));
    if (method === "range") return all;
    if (method === "entropy") {
      const sizes = new Map([...all].map(([name, range]) => [name, emptySizes(range)]));
      await each((name, values) => countSizes(sizes.get(name)!, values));
      return new Map([...sizes].map(([name, one]) => [name, entropyRange(one)]));
    }
    const counts = new Map([...all].map(([name, range]) => [name, emptyHistogram(range)]));
    await each((name, values) => countNumbers(counts.get(name)!, values));
    return new Map(
      [...counts].map(([name, one]) => [
        name,
        method === "mse" ? leastSquaresRange(one, LEVELS) : percentileRange(one, percentile),
      ]),
    );
  });
}
