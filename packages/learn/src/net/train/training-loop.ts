import { tidelineError } from "@tideline/spec";
import { seededRandom } from "../../random.ts";
import type { StepGraph } from "../training-step.ts";
import { epochOrder, type BatchFeeder } from "./batch-feeder.ts";
import { fillUniform } from "./noise.ts";
import type { RunState } from "./run-state.ts";
import { constantRate } from "./schedule.ts";
import { deriveSeed, SEED_PURPOSES } from "./seed.ts";
import type { StepRunner } from "./step-runner.ts";
import type { StepSlot, StepSlots } from "./step-slot.ts";
import type { TrainNetOptions } from "./train-option.ts";

/** What the steps of an epoch are run with. */
export interface EpochRun {
  readonly step: StepGraph;
  readonly runner: StepRunner;
  readonly feeder: BatchFeeder;
  readonly slots: StepSlots;
  readonly rows: number;
  readonly options: TrainNetOptions;
  readonly seed: number;
  /** When a call of the runtime has ended, with the number of its steps, before they are told one by one. */
  readonly onCall: (steps: number) => void;
  /** For each step but an epoch's last one, when the call that it went in has ended; what it throws ends the run. */
  readonly onStep: (loss: number, rate: number) => void;
  /** After each call of the runtime but an epoch's last one; what it throws ends the run. */
  readonly between: () => Promise<void>;
}

/**
 * Runs what is left of the epoch under way, several steps in one call where the runner does. The next batches are
 * gathered while a call runs, which takes no time where the runtime computes in another thread.
 *
 * @returns loss and rate of the last step.
 * @throws TRAINING_DIVERGED when the loss or the gradient is no longer a number; ARGUMENT_INVALID when schedule or
 *   augmentation give what no step can be fed; what the runtime throws.
 */
export async function runEpoch(run: EpochRun, state: RunState): Promise<{ loss: number; rate: number }> {
  const { step, runner, feeder, rows, options, seed } = run;
  const { longest } = runner;
  const { epoch } = state;
  const perEpoch = Math.ceil(rows / feeder.batch);
  const order = epochOrder(rows, seed, epoch);
  const schedule = options.schedule ?? constantRate();
  const rateAt = (index: number) => {
    const done = epoch * perEpoch + index;
    const steps = options.epochs * perEpoch;
    const rate = schedule.rate({
      base: options.optimiser.rate,
      step: done,
      steps,
      epoch,
      curves: state.curves,
    });
    // A step is fed float32.
    if (rate >= 0 && Number.isFinite(Math.fround(rate))) return rate;
    throw illegalMoment("schedule", epoch, index, "a finite rate of at least 0", rate);
  };
  const fill = (slot: StepSlot, index: number): void => {
    slot.weightSum = feeder.fill(slot.batch, order, index * feeder.batch);
    if (options.augment !== undefined) {
      options.augment(slot.batch, seededRandom(deriveSeed(seed, SEED_PURPOSES.augment, epoch, index)));
      slot.weightSum = (slot.batch.weight.values as Float32Array).reduce((sum, weight) => sum + weight, 0);
      if (!(slot.weightSum >= 0 && slot.weightSum < Infinity))
        throw illegalMoment(
          "augment",
          epoch,
          index,
          "weights whose sum is finite and at least 0",
          slot.weightSum,
        );
    }
    for (const [at, { name }] of step.noise.entries())
      fillUniform(
        slot.feeds[name]!.values as Float32Array,
        deriveSeed(seed, SEED_PURPOSES.noise, epoch, index, at),
      );
    (slot.feeds["rate"]!.values as Float32Array)[0] = rateAt(index);
    (slot.feeds["step"]!.values as Float32Array)[0] = epoch * perEpoch + index + 1;
  };
  /** What the call that begins with a step is fed: a call ends where the epoch does, and where a checkpoint is due. */
  const prepare = (index: number, turn: number): readonly StepSlot[] => {
    const { checkpointEvery = Infinity } = options;
    const fits = Math.min(perEpoch - index, checkpointEvery - (index % checkpointEvery)) >= longest;
    const slots = run.slots[turn % 2]!.slice(0, fits ? longest : 1);
    for (const [at, slot] of slots.entries()) fill(slot, index + at);
    return slots;
  };

  let slots = prepare(state.index, 0);
  let last = { loss: 0, rate: 0 };
  for (let turn = 1; state.index < perEpoch; turn++) {
    const { index } = state;
    const running = runner.run(slots, state.tensors);
    // A batch that cannot be made must not leave the step's own failure unheard.
    running.catch(() => {});
    const after = index + slots.length;
    const following = after < perEpoch ? prepare(after, turn) : [];
    const { tensors, outcomes } = await running;
    state.tensors = tensors;
    run.onCall(outcomes.length);
    for (const [at, { loss, norm }] of outcomes.entries()) {
      const rate = rateAt(index + at);
      if (!Number.isFinite(loss) || !Number.isFinite(norm))
        throw diverged(epoch, index + at, loss, norm, rate, options);
      const { weightSum } = slots[at]!;
      state.lossSum += loss * weightSum;
      state.weightSum += weightSum;
      state.gradientNorm = Math.max(state.gradientNorm, norm);
      state.index = index + at + 1;
      last = { loss, rate };
      if (state.index < perEpoch) run.onStep(loss, rate);
    }
    if (after < perEpoch) await run.between();
    slots = following;
  }
  return last;
}

function illegalMoment(
  field: string,
  epoch: number,
  index: number,
  expected: string,
  received: number,
): Error {
  return tidelineError("ARGUMENT_INVALID", {
    who: "trainNet",
    field: `${field}, epoch ${epoch + 1}, step ${index + 1}`,
    expected,
    received: String(received),
  });
}

function diverged(
  epoch: number,
  index: number,
  loss: number,
  norm: number,
  rate: number,
  { clip }: TrainNetOptions,
): Error {
  return tidelineError("TRAINING_DIVERGED", {
    who: "trainNet",
    field: `epoch ${epoch + 1}, step ${index + 1}`,
    expected: "a finite loss and gradient",
    received: `a loss of ${loss} and a gradient of norm ${norm} at a rate of ${rate}`,
    remedy: `Lower the rate${clip === undefined ? ", clip the gradient" : ""}, let it warm up, or look for extreme values in the rows.`,
  });
}
