import { evaluationGraph } from "../evaluation-graph.ts";
import type { Net } from "../net.ts";
import { batchFeeder } from "./batch-feeder.ts";
import { readCheckpoint, writeCheckpoint } from "./checkpoint.ts";
import { rowWeights } from "./class-weight.ts";
import { bestEpoch } from "./curve.ts";
import { epochRecord, type EpochWatch } from "./epoch-record.ts";
import { evaluator } from "./evaluator.ts";
import type { Ending, FittedNet } from "./fitted-net.ts";
import type { NetData } from "./net-data.ts";
import { progressOf } from "./progress.ts";
import { releasing } from "./released.ts";
import { firstState, fromCheckpoint, numbersOf, toCheckpoint, type RunState } from "./run-state.ts";
import { stepRunner } from "./step-runner.ts";
import { stepSlots } from "./step-slot.ts";
import type { TrainNetOptions } from "./train-option.ts";
import { runEpoch } from "./training-loop.ts";
import { trainingPlan, type TrainingPlan } from "./training-plan.ts";

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
 *   net that do not fit; TRAINING_DIVERGED, naming the step, when loss, gradient or parameters are no numbers any more; the signal's reason
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
  options.signal?.throwIfAborted();
  const plan = trainingPlan(net, data, options);
  const { step, first, run } = plan;
  const kept = await options.checkpoint?.read();
  const state =
    kept === undefined ? firstState(step, first) : fromCheckpoint(run, step, readCheckpoint(kept));
  const ended = state.ended ?? (await runEpochs(net, data, options, plan, state));
  return fittedNet(net, options, plan, state, ended);
}

/** Runs the epochs that are left, and says why there are no more. */
async function runEpochs(
  net: Net,
  data: NetData,
  options: TrainNetOptions,
  plan: TrainingPlan,
  state: RunState,
): Promise<Ending> {
  const { runtime, epochs, seed = 0, earlyStopping, checkpoint, signal } = options;
  const { step, judge, keep, load } = plan;
  const progress = progressOf(options, plan.stepsPerEpoch, state);
  const save = async () => checkpoint?.write(writeCheckpoint(toCheckpoint(plan.run, state)));
  const interrupted = async (saved: boolean): Promise<void> => {
    if (signal?.aborted !== true) return;
    if (!saved) await save();
    signal.throwIfAborted();
  };
  const onStep = (loss: number, rate: number): void => options.onStep?.(progress.of(loss, rate));
  const between = async (): Promise<void> => {
    const due = options.checkpointEvery !== undefined && state.index % options.checkpointEvery === 0;
    if (due) await save();
    await interrupted(due);
  };
  return releasing(async (hold) => {
    const runner = hold(await stepRunner(step, runtime, load, plan.stepsPerRun));
    const watch = await watchOf(net, options, plan);
    if (watch !== undefined) hold(watch.evaluator);
    const feeder = batchFeeder(data, plan.weight, step.batch, step);
    const slots = stepSlots(step, feeder, runner.longest);
    const epoch = {
      step,
      runner,
      feeder,
      slots,
      rows: data.rows,
      options,
      seed,
      onCall: progress.ended,
      onStep,
      between,
    };
    for (;;) {
      const last = await runEpoch(epoch, state);
      const record = await epochRecord(state, last.rate, watch);
      state.curves = Object.freeze([...state.curves, record]);
      state.epoch += 1;
      Object.assign(state, { index: 0, lossSum: 0, weightSum: 0, gradientNorm: 0 });
      const best = bestEpoch(state.curves, judge);
      if (keep === "best" && best === state.epoch) state.best = numbersOf(state);
      options.onStep?.(progress.of(last.loss, last.rate));
      const answer = await options.onEpoch?.(record, progress.of(last.loss, last.rate));
      if (answer === "stop") state.ended = "stopped";
      else if (earlyStopping !== undefined && state.epoch - best >= earlyStopping.patience)
        state.ended = "patience";
      else if (state.epoch >= epochs) state.ended = "epochs";
      await save();
      if (state.ended !== undefined) return state.ended;
      await interrupted(true);
    }
  });
}

async function watchOf(
  net: Net,
  { runtime, loss, validation }: TrainNetOptions,
  { load, metric }: TrainingPlan,
): Promise<EpochWatch | undefined> {
  if (validation === undefined) return undefined;
  const { rows, target, weight } = validation;
  const graph = evaluationGraph(net, { batch: Math.min(EVALUATION_BATCH, rows), loss });
  const weights = rowWeights(target, rows, weight, undefined);
  const watching = await evaluator(runtime, load, { ...graph, target: loss.target }, validation, weights);
  return { evaluator: watching, validation, metric };
}

function fittedNet(
  net: Net,
  { seed = 0 }: TrainNetOptions,
  { step, judge }: TrainingPlan,
  state: RunState,
  ended: Ending,
): FittedNet {
  const { curves, best } = state;
  return Object.freeze({
    ...(best ?? numbersOf(state)),
    net,
    layout: step.parameters,
    states: step.states,
    curves: Object.freeze(curves.map((record) => Object.freeze(record))),
    epoch: best === undefined ? curves.length : bestEpoch(curves, judge),
    ended,
    seed,
  });
}
