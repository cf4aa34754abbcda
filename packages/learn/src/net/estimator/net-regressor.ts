import type { GraphRuntime, LoadOptions, OnnxModel } from "@tideline/graph";
import { tidelineError } from "@tideline/spec";
import type { Matrix } from "../../matrix.ts";
import { inferenceGraph } from "../inference-graph.ts";
import type { Loss } from "../loss/loss.ts";
import type { Net } from "../net.ts";
import type { FittedNet } from "../train/fitted-net.ts";
import type { NetData } from "../train/net-data.ts";
import type { NetMetric } from "../train/net-metric.ts";
import { trainNet } from "../train/train-net.ts";
import type { NetEncoder, NetPlan } from "./net-classifier.ts";
import { runRows } from "./run-row.ts";
import { trainOptions, type NetFitOptions, type TrainingSettings } from "./training-option.ts";

/** Numbers that go with what is given. */
export interface Targets {
  /** [N], finite. */
  readonly y: Float64Array | Float32Array | readonly number[];
  /** [N], positive or zero. Default 1 for each row. */
  readonly sampleWeight?: Float64Array;
}

/** A fitted net that gives each row a number; frozen. */
export interface NetRegressor<Rows = Matrix> {
  readonly kind: string;
  readonly seed: number;
  /** Parameters, curves and why training ended. Its net speaks of standardised targets. */
  readonly trained: FittedNet;
  /** Mean and deviation of the training rows' targets, which the graph puts back. */
  readonly target: { readonly mean: number; readonly deviation: number };
  /** Any number of raw rows "N" in, output "prediction" [N, 1] in the targets' unit. */
  graph(): OnnxModel;
  /**
   * [N], in the targets' unit.
   *
   * @throws ARGUMENT_INVALID for rows of another form; DATA_MALFORMED for a value that is not finite, naming row and
   *   column; what the runtime throws.
   */
  predict(rows: Rows, runtime: GraphRuntime, load?: LoadOptions): Promise<Float32Array>;
}

/**
 * Checks rows with targets.
 *
 * @throws NOT_ENOUGH_DATA without rows; ARGUMENT_INVALID for lengths that differ and illegal weights; DATA_MALFORMED for
 *   a target that is not finite; what the encoder throws about the rest.
 */
export function checkTargets<Given>(
  who: string,
  given: Given,
  { y, sampleWeight }: Targets,
  encoder: Pick<NetEncoder<Given>, "count" | "check">,
): void {
  const rows = encoder.count(given);
  const wrong = (field: string, expected: string, received: string) =>
    tidelineError("ARGUMENT_INVALID", { who, field, expected, received });
  if (rows === 0)
    throw tidelineError("NOT_ENOUGH_DATA", { who, expected: "at least one row", received: "0 rows" });
  if (y.length !== rows) throw wrong("y", `${rows} targets, one for each row`, String(y.length));
  const at = Array.prototype.findIndex.call(y, (value: number) => !Number.isFinite(value));
  if (at >= 0)
    throw tidelineError("DATA_MALFORMED", {
      who,
      field: `y[${at}]`,
      expected: "a finite number",
      received: String(y[at]),
    });
  if (sampleWeight !== undefined) {
    if (sampleWeight.length !== rows)
      throw wrong("sampleWeight", `${rows} weights`, String(sampleWeight.length));
    const bad = sampleWeight.findIndex((value) => !(value >= 0 && value < Infinity));
    if (bad >= 0)
      throw wrong(`sampleWeight[${bad}]`, "a finite weight of at least 0", String(sampleWeight[bad]));
    if (!sampleWeight.some((value) => value > 0)) throw wrong("sampleWeight", "a positive sum", "0");
  }
  encoder.check(who, given);
}

/** Deviations whose square, and their products with some standard scores, are ordinary numbers in float32. */
const LEAST = 1e-30;
const MOST = 1e35;

/**
 * Mean and deviation of the targets that count; a constant one has deviation 1.
 *
 * @throws DATA_MALFORMED when float32, in which the graph puts them back, does not have them.
 */
function momentsOf(who: string, { y, sampleWeight }: Targets): NetRegressor["target"] {
  const sum = (term: (value: number) => number) =>
    Array.from(y).reduce((total, value, row) => total + (sampleWeight?.[row] ?? 1) * term(value), 0);
  const count = sum(() => 1);
  const mean = sum((value) => value) / count;
  const deviation = Math.sqrt(sum((value) => (value - mean) ** 2) / count);
  const constant = deviation <= 1e-12 * Math.abs(mean);
  if (!Number.isFinite(Math.fround(mean)) || (!constant && !(deviation >= LEAST && deviation <= MOST)))
    throw tidelineError("DATA_MALFORMED", {
      who,
      field: "y",
      expected: "targets whose mean and deviation are numbers in float32",
      received: `a mean of ${mean} and a deviation of ${deviation}`,
      remedy: "Give the targets in another unit.",
    });
  return Object.freeze({ mean, deviation: constant ? 1 : deviation });
}

/** The root of the mean squared error in the targets' own unit. */
function errorMetric(deviation: number): NetMetric {
  return {
    name: "rootMeanSquaredError",
    better: "lower",
    of(scores, { values }) {
      const squares = scores.reduce((sum, score, row) => sum + (score - Number(values[row])) ** 2, 0);
      return deviation * Math.sqrt(squares / scores.length);
    },
  };
}

/** Fits a planned net of one score to targets that {@link checkTargets} accepted. */
export async function fitRegressor<Given>(
  { kind, encoder, net, metadata = {} }: NetPlan<Given>,
  settings: TrainingSettings,
  loss: Loss,
  rows: { readonly given: Given; readonly labels: Targets },
  validation: { readonly given: Given; readonly labels: Targets } | undefined,
  options: NetFitOptions,
): Promise<NetRegressor<Given>> {
  if (validation !== undefined)
    checkTargets(`${kind}.fit: validation`, validation.given, validation.labels, encoder);
  const target = momentsOf(`${kind}.fit`, rows.labels);
  const { mean, deviation } = target;
  const dataOf = ({ given, labels: { y, sampleWeight } }: typeof rows): NetData => {
    const count = encoder.count(given);
    return {
      rows: count,
      inputs: encoder.inputs(given, 0, count),
      target: { dims: [], values: Float64Array.from(y, (value) => (value - mean) / deviation) },
      ...(sampleWeight === undefined ? {} : { weight: sampleWeight }),
    };
  };
  const trained = await trainNet(net, dataOf(rows), {
    ...trainOptions(settings, options),
    loss,
    ...(validation === undefined ? {} : { validation: dataOf(validation), metric: errorMetric(deviation) }),
  });
  const shipped: Net = {
    inputs: net.inputs,
    forward(scope, inputs) {
      const { g } = scope;
      const scaled = g.op("Mul", [net.forward(scope, inputs), g.scalar(deviation)]);
      return g.op("Add", [scaled, g.scalar(mean)]);
    },
  };
  const graph = () =>
    inferenceGraph(shipped, trained, { name: kind, activation: "none", output: "prediction", metadata });
  return Object.freeze({
    kind,
    seed: trained.seed,
    trained,
    target,
    graph,
    async predict(given: Given, runtime: GraphRuntime, load?: LoadOptions) {
      const plan = { model: graph(), inputs: net.inputs, encoder, outputs: { prediction: 1 } };
      return (await runRows(`${kind}.predict`, plan, given, runtime, load))["prediction"] as Float32Array;
    },
  } satisfies NetRegressor<Given>);
}
