import type { GraphRuntime, LoadOptions } from "@tideline/graph";
import { belowOne, notNegative, positive, positiveInteger, wholeNumber } from "../check-option.ts";
import { crossEntropy } from "../loss/cross-entropy.ts";
import { adam } from "../optimiser/adam.ts";
import { adamw } from "../optimiser/adamw.ts";
import { constantRate, cosineRate, oneCycleRate, plateauRate, type Schedule } from "../train/schedule.ts";
import type { EarlyStopping, TrainNetOptions } from "../train/train-option.ts";
import type { ClassWeights } from "../train/class-weight.ts";
import { oneOf } from "../check-option.ts";

/** Schedules that a configuration may name. */
export type ScheduleName = "constant" | "cosine" | "oneCycle" | "plateau";

const SCHEDULES = {
  constant: () => constantRate(),
  // A twentieth of the run to warm up: Adam's moments are noise before some tens of steps.
  cosine: () => cosineRate({ warmUp: 0.05 }),
  oneCycle: () => oneCycleRate(),
  plateau: () => plateauRate(),
} satisfies Record<ScheduleName, () => Schedule>;

/** How a classifying net is trained; plain data. */
export interface NetTrainingOptions {
  /** Rounds over the rows. */
  readonly epochs?: number;
  /** Rows in a step. Default 64. */
  readonly batch?: number;
  /** Adam's rate at its highest. Default 1e-3, the paper's own. */
  readonly rate?: number;
  /** Part of each weight that a step takes, times the rate (AdamW's). Default 0. */
  readonly decay?: number;
  /** Default "cosine": a run that ends at a rate of 0 needs no choice of the last epoch. */
  readonly schedule?: ScheduleName;
  /** The part of each label that is spread over all classes. Default 0.05. */
  readonly labelSmoothing?: number;
  /** Share of numbers that are dropped while training, where the net says. */
  readonly dropout?: number;
  /** Largest norm of the gradient. Default 5; a guard, which an ordinary step does not reach. */
  readonly clip?: number;
  readonly classWeights?: ClassWeights;
  /** Needs validation rows in `fit`. */
  readonly earlyStopping?: EarlyStopping;
  /** Default 0. */
  readonly seed?: number;
}

/** What a fit needs beside rows: where to compute, and who watches. */
export interface NetFitOptions extends Pick<
  TrainNetOptions,
  | "augment"
  | "augmentName"
  | "checkpoint"
  | "checkpointEvery"
  | "stepsPerRun"
  | "signal"
  | "onStep"
  | "onEpoch"
  | "now"
> {
  readonly runtime: GraphRuntime;
  readonly load?: LoadOptions;
}

/** Training options with all defaults filled in. */
export type TrainingSettings = Required<Omit<NetTrainingOptions, "classWeights" | "earlyStopping">> &
  Pick<NetTrainingOptions, "classWeights" | "earlyStopping">;

/** @throws DEFINITION_ILLEGAL naming the estimator and the option. */
export function trainingSettings(
  who: string,
  options: NetTrainingOptions,
  defaults: { readonly epochs: number; readonly dropout: number },
): TrainingSettings {
  const { batch = 64, rate = 1e-3, decay = 0, schedule = "cosine" } = options;
  const { labelSmoothing = 0.05, clip = 5, seed = 0 } = options;
  const { epochs = defaults.epochs, dropout = defaults.dropout, classWeights, earlyStopping } = options;
  return Object.freeze({
    epochs: positiveInteger(who, "epochs", epochs),
    batch: positiveInteger(who, "batch", batch),
    rate: positive(who, "rate", rate),
    decay: notNegative(who, "decay", decay),
    schedule: oneOf(who, "schedule", SCHEDULES, schedule),
    labelSmoothing: belowOne(who, "labelSmoothing", labelSmoothing),
    dropout: belowOne(who, "dropout", dropout),
    clip: positive(who, "clip", notNegative(who, "clip", clip)),
    seed: seed < 0 ? -wholeNumber(who, "seed", -seed) : wholeNumber(who, "seed", seed),
    ...(classWeights === undefined ? {} : { classWeights }),
    ...(earlyStopping === undefined ? {} : { earlyStopping }),
  });
}

/** What `trainNet` takes, for settings and a fit. */
export function trainOptions(settings: TrainingSettings, fit: NetFitOptions): TrainNetOptions {
  const { rate, decay, schedule, labelSmoothing, dropout: _, ...rest } = settings;
  const { runtime, load, augment, augmentName, checkpoint, checkpointEvery, stepsPerRun } = fit;
  const { signal, onStep, onEpoch, now } = fit;
  const stored = { load, augment, augmentName, checkpoint, checkpointEvery, stepsPerRun };
  const given = { ...stored, signal, onStep, onEpoch, now };
  return {
    ...rest,
    runtime,
    loss: crossEntropy({ labelSmoothing }),
    optimiser: decay === 0 ? adam({ rate }) : adamw({ rate, decay }),
    schedule: SCHEDULES[schedule](),
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
  };
}
