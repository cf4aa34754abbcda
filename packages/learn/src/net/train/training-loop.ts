import type { LoadedGraph, RuntimeTensor } from "@tideline/graph";
import { tidelineError } from "@tideline/spec";
import { seededRandom } from "../../random.ts";
import type { StepGraph } from "../training-step.ts";
import { epochOrder, type Batch, type BatchFeeder } from "./batch-feeder.ts";
import { fillUniform } from "./noise.ts";
import { carried, type RunState } from "./run-state.ts";
import { constantRate } from "./schedule.ts";
import { deriveSeed, SEED_PURPOSES } from "./seed.ts";
import type { TrainNetOptions } from "./train-option.ts";

/** A batch with all else that a step is fed, in buffers of its own. */
interface Slot {
  readonly batch: Batch;
  readonly feeds: Record<string, RuntimeTensor>;
  weightSum: number;
}

/** What the steps of an epoch are run with. */
export interface EpochRun {
  readonly step: StepGraph;
  readonly loaded: LoadedGraph;
  readonly feeder: BatchFeeder;
  readonly rows: number;
  readonly options: TrainNetOptions;
  readonly seed: number;
  /** After each step but an epoch's last one; what it throws ends the run. */
  readonly between: (loss: number, rate: number) => Promise<void>;
}

/**
 * Runs what is left of the epoch under way. The next batch is gathered while a step runs, which takes no time where
 * the runtime computes in another thread.
 *
 * @returns loss and rate of the last step.
 * @throws TRAINING_DIVERGED when the loss or the gradient is no longer a number; ARGUMENT_INVALID when schedule or
 *   augmentation give what no step can be fed; what the runtime throws.
 */
export async function runEpoch(run: EpochRun, state: RunState): Promise<{ loss: number; rate: number }> {
  const { step, loaded, feeder, rows, options, seed } = run;
  const { epoch } = state;
  const perEpoch = Math.ceil(rows / feeder.batch);
  const order = epochOrder(rows, seed, epoch);
  const names = carried(step);
  const wanted = [...names.map((name) => `${name}_next`), "loss", "gradient_norm"];
  const schedule = options.schedule ?? constantRate();
  const slots = [slotOf(step, feeder), slotOf(step, feeder)] as const;
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
  const prepare = (index: number): void => {
    const slot = slots[index % 2]!;
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

  prepare(state.index);
  let last = { loss: 0, rate: 0 };
  for (let index = state.index; index < perEpoch; index++) {
    const { feeds, weightSum } = slots[index % 2]!;
    for (const name of names) {
      const values = state.tensors[name]!;
      feeds[name] = { elementType: "float32", dims: [values.length], values };
    }
    const running = loaded.run(feeds, wanted);
    // A batch that cannot be made must not leave the step's own failure unheard.
    running.catch(() => {});
    if (index + 1 < perEpoch) prepare(index + 1);
    const out = await running;
    const loss = Number(out["loss"]!.values[0]);
    const norm = Number(out["gradient_norm"]!.values[0]);
    const rate = rateAt(index);
    if (!Number.isFinite(loss) || !Number.isFinite(norm))
      throw diverged(epoch, index, loss, norm, rate, options);
    state.tensors = Object.fromEntries(
      names.map((name) => [name, out[`${name}_next`]!.values as Float32Array]),
    );
    state.lossSum += loss * weightSum;
    state.weightSum += weightSum;
    state.gradientNorm = Math.max(state.gradientNorm, norm);
    state.index = index + 1;
    last = { loss, rate };
    if (index + 1 < perEpoch) await run.between(loss, rate);
  }
  return last;
}

function slotOf(step: StepGraph, feeder: BatchFeeder): Slot {
  const batch = feeder.make();
  const floats = (dims: readonly number[]): RuntimeTensor => ({
    elementType: "float32",
    dims,
    values: new Float32Array(dims.reduce((product, dim) => product * dim, 1)),
  });
  const feeds: Record<string, RuntimeTensor> = {
    ...batch.inputs,
    target: batch.target,
    weight: batch.weight,
    rate: floats([]),
    step: floats([]),
    ...Object.fromEntries(step.noise.map(({ name, dims }) => [name, floats(dims)])),
  };
  return { batch, feeds, weightSum: 0 };
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
