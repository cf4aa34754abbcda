import { elementCount, type LoadOptions } from "@tideline/graph";
import { tidelineError } from "@tideline/spec";
import { givenParameters, initialParameters, type FittedNumbers } from "../initial-parameters.ts";
import type { Net } from "../net.ts";
import { trainingStep, type StepGraph } from "../training-step.ts";
import { rowWeights } from "./class-weight.ts";
import type { Judge } from "./curve.ts";
import { checkEntries, checkNetData, type NetData } from "./net-data.ts";
import { NET_METRICS, type NetMetric } from "./net-metric.ts";
import { runIdentity } from "./run-identity.ts";
import { stepsPerRun } from "./steps-per-run.ts";
import { checkTrainOptions, loadOf, type TrainNetOptions } from "./train-option.ts";

/** All that is settled before a run's first step. */
export interface TrainingPlan {
  readonly step: StepGraph;
  /** Of the rows, [rows]. */
  readonly weight: Float32Array;
  readonly first: FittedNumbers;
  /** Names the run. */
  readonly run: string;
  readonly judge: Judge;
  readonly keep: "best" | "last";
  readonly metric: NetMetric | undefined;
  readonly load: LoadOptions;
  readonly stepsPerEpoch: number;
  /** Steps that go into one call of the runtime. */
  readonly stepsPerRun: number;
}

/** Checks options, rows and net, and writes the step graph. @throws what `trainNet` says of them. */
export function trainingPlan(net: Net, data: NetData, options: TrainNetOptions): TrainingPlan {
  checkTrainOptions(options);
  const { loss, optimiser, clip, seed = 0, validation, earlyStopping, trainable, classWeights } = options;
  const ends = { inputs: net.inputs, target: loss.target };
  checkNetData("trainNet", data, ends);
  if (validation !== undefined) checkNetData("trainNet: validation", validation, ends);
  const batch = Math.min(options.batch ?? 64, data.rows);
  const step = trainingStep(net, {
    batch,
    loss,
    optimiser,
    ...(clip === undefined ? {} : { clip }),
    ...(trainable === undefined ? {} : { trainable }),
  });
  const width = scoresOf(step);
  const metric = typeof options.metric === "string" ? NET_METRICS[options.metric] : options.metric;
  if (loss.target.classes === true) {
    checkEntries("trainNet", "target", data.target.values, 1, width);
    if (validation !== undefined)
      checkEntries("trainNet: validation", "target", validation.target.values, 1, width);
    if (typeof classWeights === "object" && classWeights.length !== width)
      throw wrong("classWeights", `${width} weights, one for each class`, String(classWeights.length));
  }
  if (typeof options.metric === "string" && validation !== undefined) {
    const classes = options.metric === "accuracy" || options.metric === "macroF1";
    if (classes && loss.target.elementType === "int64" && loss.target.classes !== true)
      throw wrong("metric", `one that knows what the target of "${loss.kind}" means`, options.metric);
    // Once before the first step: what cannot be measured is not found out after an epoch.
    metric!.of(new Float32Array(validation.rows * width), validation.target, validation.rows);
  }
  const perEpoch = Math.ceil(data.rows / batch);
  const first =
    options.initial === undefined ? initialParameters(step, seed) : givenParameters(step, options.initial);
  return {
    step,
    weight: rowWeights(data.target, data.rows, data.weight, classWeights),
    first,
    run: runIdentity(step.model, first, data, options),
    judge: {
      monitor: earlyStopping?.monitor ?? "loss",
      better: earlyStopping?.monitor === "metric" ? metric!.better : "lower",
      minDelta: earlyStopping?.minDelta ?? 0,
    },
    keep: options.keep ?? (earlyStopping === undefined ? "last" : "best"),
    metric,
    load: loadOf(options),
    stepsPerEpoch: perEpoch,
    stepsPerRun: Math.min(
      perEpoch,
      options.checkpointEvery ?? Infinity,
      options.stepsPerRun ?? stepsPerRun(step, { perEpoch, epochs: options.epochs }),
    ),
  };
}

/** How many scores a row is given. */
function scoresOf({ model }: StepGraph): number {
  const { dims } = model.graph.outputs.find(({ name }) => name === "scores")!;
  return elementCount(dims.slice(1) as number[]);
}

function wrong(field: string, expected: string, received: string): Error {
  return tidelineError("ARGUMENT_INVALID", { who: "trainNet", field, expected, received });
}
