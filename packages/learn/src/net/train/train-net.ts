import { elementCount, writeOnnx } from "@tideline/graph";
import { evaluationGraph } from "../evaluation-graph.ts";
import { givenParameters, initialParameters, type FittedNumbers } from "../initial-parameters.ts";
import type { Net } from "../net.ts";
import { trainingStep, type StepGraph } from "../training-step.ts";
import { batchFeeder } from "./batch-feeder.ts";
import { readCheckpoint, writeCheckpoint } from "./checkpoint.ts";
import { rowWeights } from "./class-weight.ts";
import { bestEpoch, type EpochRecord, type Judge } from "./curve.ts";
import { evaluator, type Evaluator } from "./evaluator.ts";
import type { Ending, FittedNet } from "./fitted-net.ts";
import { checkEntries, checkNetData, type NetData } from "./net-data.ts";
import { NET_METRICS, type NetMetric } from "./net-metric.ts";
import { runIdentity } from "./run-identity.ts";
import { firstState, fromCheckpoint, numbersOf, toCheckpoint, type RunState } from "./run-state.ts";
import { checkTrainOptions, type Progress, type TrainNetOptions } from "./train-option.ts";
import { runEpoch } from "./training-loop.ts";

/** Rows of a batch that is only looked at; large enough that calls cost nothing, small enough for any memory. */
const EVALUATION_BATCH = 256;

/**
 * Trains a net by running its training-step graph, a fresh batch in each step.
 *
 * Equal data, options and seed give equal bits on one runtime and one machine, whether or not the run was interrupted:
 * with a `checkpoint` store, a call goes on where an earlier one (ended by a signal, an error or the death of its
 * process) wrote last. Each row is used once an epoch, in an order drawn from seed and epoch; the last batch is filled
 * up with rows of weight 0.
 *
 * @throws ARGUMENT_INVALID, NOT_ENOUGH_DATA, DATA_MALFORMED, DEFINITION_ILLEGAL or GRAPH_ILLEGAL for options, rows or a
 *   net that do not fit; TRAINING_DIVERGED, naming the step, when the loss is no number any more; the signal's reason
 *   when it was aborted; what runtime and store throw.
 * @example
 * const fitted = await trainNet(net, data, {
 *   runtime: onnxruntimeNode, loss: crossEntropy(), optimiser: adam({ rate: 1e-3 }), epochs: 20, seed: 1,
 * });
 * const bytes = writeOnnx(inferenceGraph(net, fitted));
 * const tuned = await trainNet(net, theirRows, {
 *   runtime: onnxruntimeNode, loss: crossEntropy(), optimiser: adam({ rate: 1e-3 }), epochs: 5,
 *   initial: fitted, trainable: (name) => name.startsWith("dense"),
 * });
 */
export async function trainNet(net: Net, data: NetData, options: TrainNetOptions): Promise<FittedNet> {
  checkTrainOptions(options);
  const {
    runtime,
    loss,
    optimiser,
    epochs,
    clip,
    seed = 0,
    validation,
    earlyStopping,
    checkpoint,
    signal,
  } = options;
  const { load = { threads: 1 }, now = () => performance.now() } = options;
  signal?.throwIfAborted();
  const ends = { inputs: net.inputs, target: loss.target };
  checkNetData("trainNet", data, ends);
  if (validation !== undefined) checkNetData("trainNet: validation", validation, ends);
  const metric = metricOf(options.metric);
  const judge: Judge = {
    monitor: earlyStopping?.monitor ?? "loss",
    better: earlyStopping?.monitor === "metric" ? metric!.better : "lower",
    minDelta: earlyStopping?.minDelta ?? 0,
  };
  const keep = options.keep ?? (earlyStopping === undefined ? "last" : "best");

  const batch = Math.min(options.batch ?? 64, data.rows);
  const step = trainingStep(net, {
    batch,
    loss,
    optimiser,
    ...(clip === undefined ? {} : { clip }),
    ...(options.trainable === undefined ? {} : { trainable: options.trainable }),
  });
  const width = scoresOf(step);
  if (loss.target.classes === true) {
    checkEntries("trainNet", "target", data.target.values, 1, width);
    if (validation !== undefined)
      checkEntries("trainNet: validation", "target", validation.target.values, 1, width);
  }
  const first =
    options.initial === undefined ? initialParameters(step, seed) : givenParameters(step, options.initial);
  const run = runIdentity(step.model, first, data, options);
  const kept = await checkpoint?.read();
  const state =
    kept === undefined ? firstState(step, first) : fromCheckpoint(run, step, readCheckpoint(kept));
  if (state.ended !== undefined) return fittedNet(state, state.ended);

  const perEpoch = Math.ceil(data.rows / batch);
  const began = { at: now(), step: state.epoch * perEpoch + state.index };
  const progress = (lossNow: number, rate: number): Progress => {
    const done = state.epoch * perEpoch + state.index;
    const seconds = (now() - began.at) / 1000;
    const left = ((epochs * perEpoch - done) * seconds) / Math.max(1, done - began.step);
    const epoch = Math.min(epochs, state.epoch + 1);
    return {
      epoch,
      epochs,
      step: done,
      steps: epochs * perEpoch,
      loss: lossNow,
      rate,
      seconds,
      secondsLeft: left,
    };
  };
  const save = async () => checkpoint?.write(writeCheckpoint(toCheckpoint(run, state)));
  const interrupted = async (saved: boolean): Promise<void> => {
    if (signal?.aborted !== true) return;
    if (!saved) await save();
    signal.throwIfAborted();
  };

  const feeder = batchFeeder(
    data,
    rowWeights(data.target, data.rows, data.weight, options.classWeights),
    batch,
    step,
  );
  const loaded = await runtime.load(writeOnnx(step.model), load);
  let watching: Evaluator | undefined;
  try {
    if (validation !== undefined) {
      const graph = evaluationGraph(net, { batch: Math.min(EVALUATION_BATCH, validation.rows), loss });
      const weight = rowWeights(validation.target, validation.rows, validation.weight, undefined);
      watching = await evaluator(runtime, load, { ...graph, target: loss.target }, validation, weight);
    }
    while (state.ended === undefined) {
      const last = await runEpoch(
        {
          step,
          loaded,
          feeder,
          rows: data.rows,
          options,
          seed,
          async between(lossNow, rate) {
            options.onStep?.(progress(lossNow, rate));
            const due = options.checkpointEvery !== undefined && state.index % options.checkpointEvery === 0;
            if (due) await save();
            await interrupted(due);
          },
        },
        state,
      );
      const record = await close(state, last.rate, watching, validation, metric);
      state.curves = Object.freeze([...state.curves, record]);
      state.epoch += 1;
      Object.assign(state, { index: 0, lossSum: 0, weightSum: 0, gradientNorm: 0 });
      const best = bestEpoch(state.curves, judge);
      if (keep === "best" && best === state.epoch) state.best = numbersOf(state);
      options.onStep?.(progress(last.loss, last.rate));
      const answer = await options.onEpoch?.(record, progress(last.loss, last.rate));
      if (answer === "stop") state.ended = "stopped";
      else if (earlyStopping !== undefined && state.epoch - best >= earlyStopping.patience)
        state.ended = "patience";
      else if (state.epoch >= epochs) state.ended = "epochs";
      await save();
      if (state.ended === undefined) await interrupted(true);
    }
  } finally {
    await loaded.release();
    await watching?.release();
  }
  return fittedNet(state, state.ended);

  function fittedNet({ curves, best }: RunState, ended: Ending): FittedNet {
    const numbers = best ?? numbersOf(state);
    return Object.freeze({
      ...numbers,
      net,
      layout: step.parameters,
      states: step.states,
      curves: Object.freeze(curves.map((record) => Object.freeze(record))),
      epoch: best === undefined ? curves.length : bestEpoch(curves, judge),
      ended,
      seed,
    });
  }
}

/** The record of an epoch whose steps are done. */
async function close(
  state: RunState,
  rate: number,
  watching: Evaluator | undefined,
  validation: NetData | undefined,
  metric: NetMetric | undefined,
): Promise<EpochRecord> {
  const seen = await watching?.evaluate(numbersOf(state) satisfies FittedNumbers);
  return Object.freeze({
    epoch: state.epoch + 1,
    // An epoch whose rows all weigh nothing cannot be: checkNetData and rowWeights refuse it.
    loss: state.lossSum / state.weightSum,
    rate,
    gradientNorm: state.gradientNorm,
    ...(seen === undefined ? {} : { validationLoss: seen.loss }),
    ...(seen === undefined || metric === undefined
      ? {}
      : { metric: metric.of(seen.scores, validation!.target, validation!.rows) }),
  });
}

/** How many scores a row is given. */
function scoresOf({ model }: StepGraph): number {
  const { dims } = model.graph.outputs.find(({ name }) => name === "scores")!;
  return elementCount(dims.slice(1) as number[]);
}

function metricOf(metric: TrainNetOptions["metric"]): NetMetric | undefined {
  return typeof metric === "string" ? NET_METRICS[metric] : metric;
}
