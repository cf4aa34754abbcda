import { tidelineError } from "@tideline/spec";
import { judgedValue, type EpochRecord } from "./curve.ts";

/** Where a run stands when it asks for a rate. */
export interface ScheduleMoment {
  /** The optimiser's own rate. */
  readonly base: number;
  /** Steps done, from 0. */
  readonly step: number;
  /** Steps of the whole run. */
  readonly steps: number;
  /** Epochs done, from 0. */
  readonly epoch: number;
  /** One record for each epoch done. */
  readonly curves: readonly EpochRecord[];
}

/** A rate for each step. It is a function of the moment alone: a resumed run needs no memory of it. */
export interface Schedule {
  readonly kind: string;
  /** What the schedule was made with; two schedules of equal kind and options are equal. */
  readonly options: Readonly<Record<string, number | string>>;
  rate(moment: ScheduleMoment): number;
}

/** The optimiser's rate throughout. */
export function constantRate(): Schedule {
  return schedule("constant", {}, ({ base }) => base);
}

/**
 * Half a cosine from the base rate to `floor` times it (I. Loshchilov and F. Hutter, "SGDR", ICLR 2017, without
 * restarts), after a linear warm-up.
 *
 * @param options.warmUp the share of the steps in which the rate rises; default 0.
 * @param options.floor default 0.
 */
export function cosineRate(options: { readonly warmUp?: number; readonly floor?: number } = {}): Schedule {
  const { warmUp = 0, floor = 0 } = options;
  share("cosineRate", "warmUp", warmUp);
  share("cosineRate", "floor", floor);
  return schedule("cosine", { warmUp, floor }, ({ base, step, steps }) => {
    const rising = Math.round(warmUp * steps);
    if (step < rising) return (base * (step + 1)) / rising;
    const done = (step - rising) / Math.max(1, steps - rising);
    return base * (floor + ((1 - floor) * (1 + Math.cos(Math.PI * done))) / 2);
  });
}

/**
 * One cycle (L. Smith and N. Topin, "Super-convergence", 2017) in the form with two cosines: from `base / start` up to
 * the base rate within the first `peak` of the steps, then down to `base / end`. Momentum stays as it is.
 *
 * @param options.peak default 0.3. @param options.start default 25. @param options.end default 1e4.
 */
export function oneCycleRate(
  options: { readonly peak?: number; readonly start?: number; readonly end?: number } = {},
): Schedule {
  const { peak = 0.3, start = 25, end = 1e4 } = options;
  share("oneCycleRate", "peak", peak);
  atLeast("oneCycleRate", "start", start, 1);
  atLeast("oneCycleRate", "end", end, 1);
  return schedule("one-cycle", { peak, start, end }, ({ base, step, steps }) => {
    const top = peak * (steps - 1);
    const between = (from: number, to: number, done: number) =>
      to + ((from - to) * (1 + Math.cos(Math.PI * Math.min(1, done)))) / 2;
    return step < top
      ? between(base / start, base, step / top)
      : between(base, base / end, (step - top) / Math.max(1, steps - 1 - top));
  });
}

/** The rate times `factor` after every `every` epochs. @param options.factor default 0.1 */
export function stepRate(options: { readonly every: number; readonly factor?: number }): Schedule {
  const { every, factor = 0.1 } = options;
  atLeast("stepRate", "every", every, 1);
  share("stepRate", "factor", factor);
  return schedule("step", { every, factor }, ({ base, epoch }) => base * factor ** Math.floor(epoch / every));
}

/**
 * The rate times `factor` whenever `patience` epochs in a row brought the validation loss no new minimum (the training
 * loss where nothing is validated); then it waits as long again.
 *
 * @param options.factor default 0.5. @param options.patience default 3. @param options.minDelta what a new minimum
 *   must be lower by; default 0. @param options.floor the least share of the base rate; default 0.
 */
export function plateauRate(
  options: {
    readonly factor?: number;
    readonly patience?: number;
    readonly minDelta?: number;
    readonly floor?: number;
  } = {},
): Schedule {
  const { factor = 0.5, patience = 3, minDelta = 0, floor = 0 } = options;
  share("plateauRate", "factor", factor);
  atLeast("plateauRate", "patience", patience, 1);
  atLeast("plateauRate", "minDelta", minDelta, 0);
  share("plateauRate", "floor", floor);
  return schedule("plateau", { factor, patience, minDelta, floor }, ({ base, curves }) => {
    let least = Infinity;
    let waited = 0;
    let times = 1;
    for (const record of curves) {
      const loss = judgedValue(record, "loss") ?? record.loss;
      if (loss < least - minDelta) {
        least = loss;
        waited = 0;
      } else if (++waited >= patience) {
        times *= factor;
        waited = 0;
      }
    }
    return base * Math.max(floor, times);
  });
}

function schedule(kind: string, options: Schedule["options"], rate: Schedule["rate"]): Schedule {
  return Object.freeze({ kind, options: Object.freeze(options), rate });
}

function share(who: string, field: string, value: number): void {
  if (value >= 0 && value <= 1) return;
  throw tidelineError("ARGUMENT_INVALID", {
    who,
    field,
    expected: "a number in 0..1",
    received: String(value),
  });
}

function atLeast(who: string, field: string, value: number, least: number): void {
  if (value >= least && value < Infinity) return;
  throw tidelineError("ARGUMENT_INVALID", {
    who,
    field,
    expected: `a finite number of at least ${least}`,
    received: String(value),
  });
}
