import type { GraphRuntime, LoadOptions } from "@tideline/graph";
import { tidelineError } from "@tideline/spec";
import { nearestRemedy } from "../../nearest-name.ts";
import type { Random } from "../../random.ts";
import type { Clip } from "../clip-gradient.ts";
import type { Loss } from "../loss/loss.ts";
import type { FittedNumbers } from "../initial-parameters.ts";
import type { Optimiser } from "../optimiser/optimiser.ts";
import type { Trainable } from "../trainable.ts";
import type { Batch } from "./batch-feeder.ts";
import type { CheckpointStore } from "./checkpoint-store.ts";
import type { ClassWeights } from "./class-weight.ts";
import type { EpochRecord, Monitor } from "./curve.ts";
import type { NetData } from "./net-data.ts";
import { NET_METRICS, type NetMetric, type NetMetricName } from "./net-metric.ts";
import type { Schedule } from "./schedule.ts";

/** Where a run stands, for a person who waits. */
export interface Progress {
  /** The epoch under way: 1, 2, ... */
  readonly epoch: number;
  readonly epochs: number;
  /** Steps done in the whole run, and how many it has at most. */
  readonly step: number;
  readonly steps: number;
  /** The loss of the last step. */
  readonly loss: number;
  readonly rate: number;
  /** Since this call began. */
  readonly seconds: number;
  /** Until all epochs are done, by the pace so far. */
  readonly secondsLeft: number;
}

/** When a run gives up. */
export interface EarlyStopping {
  /** Epochs in a row without a better one. */
  readonly patience: number;
  /** By how much more than this an epoch must be better. Default 0. */
  readonly minDelta?: number;
  /** What is watched: the loss or the metric of the validation rows. Default "loss". */
  readonly monitor?: Monitor;
}

/** What `trainNet` takes. */
export interface TrainNetOptions {
  readonly runtime: GraphRuntime;
  /**
   * One thread of the CPU unless it says otherwise: with more, onnxruntime adds up gradients of shared rows
   * (ScatterND) in any order, and equal runs no longer give equal bits.
   */
  readonly load?: LoadOptions;
  readonly loss: Loss;
  readonly optimiser: Optimiser;
  readonly epochs: number;
  /** Rows in a step; at most all of them. Default 64. */
  readonly batch?: number;
  /** Default the optimiser's rate throughout. */
  readonly schedule?: Schedule;
  /** Largest norm of the gradient, or a `Clip`. Default: as it comes. */
  readonly clip?: number | Clip;
  /** The numbers to begin with: those of a `FittedNet` of the same net, to train it further. Default: drawn by the seed. */
  readonly initial?: FittedNumbers;
  /** Which parameters are trained, by name; see `trainingStep`. Default all. */
  readonly trainable?: Trainable;
  /**
   * Steps that go into one call of the runtime. `onStep` is then called for all of them when the call has ended, and a
   * run is interrupted between calls. In onnxruntime the bits that come out are the same. Default: up to 8 where the net is small, the run long.
   */
  readonly stepsPerRun?: number;
  /** Decides the first parameters, the order of rows, dropout and augmentation. Default 0. */
  readonly seed?: number;
  /** Rows that are only looked at, after each epoch. */
  readonly validation?: NetData;
  /** A figure of the validation rows, beside their loss. */
  readonly metric?: NetMetricName | NetMetric;
  /** Needs `validation`. */
  readonly earlyStopping?: EarlyStopping;
  /** Which epoch's parameters are given back. Default "best" with `earlyStopping`, else "last". */
  readonly keep?: "best" | "last";
  readonly classWeights?: ClassWeights;
  /**
   * Changes a batch in its buffers (never the data) before each step; `random` is seeded by run, epoch and step, so
   * that a resumed run sees the same. The target and the weights are there to be changed too (mixing rows).
   */
  readonly augment?: (batch: Batch, random: Random) => void;
  /** Names the augmentation, for a checkpoint to know that a run is resumed with the same. Default "augment". */
  readonly augmentName?: string;
  /** Where the run is kept, and from where it goes on if it was interrupted. */
  readonly checkpoint?: CheckpointStore;
  /** Steps between checkpoints; one is always written after an epoch. Default: none within an epoch. */
  readonly checkpointEvery?: number;
  /**
   * Interrupts the run between two calls of the runtime: a checkpoint is written where there is a store, then `trainNet` rejects with
   * the signal's reason. To end early and keep what there is, let `onEpoch` answer "stop".
   */
  readonly signal?: AbortSignal;
  readonly onStep?: (progress: Progress) => void;
  /** After each epoch. Answering "stop" ends the run as if it had been its last. */
  readonly onEpoch?: (record: EpochRecord, progress: Progress) => "stop" | void | Promise<"stop" | void>;
  /** Milliseconds, for `seconds` and `secondsLeft` alone. Default `performance.now`. */
  readonly now?: () => number;
}

/** How graphs are loaded. */
export function loadOf({ load }: Pick<TrainNetOptions, "load">): LoadOptions {
  return { threads: 1, ...load };
}

/** @throws ARGUMENT_INVALID for an option that makes no sense. */
export function checkTrainOptions(options: TrainNetOptions): void {
  const {
    epochs,
    batch = 64,
    seed = 0,
    checkpointEvery = 1,
    stepsPerRun = 1,
    earlyStopping,
    validation,
    keep,
    metric,
    classWeights,
  } = options;
  whole("epochs", epochs);
  whole("batch", batch);
  whole("checkpointEvery", checkpointEvery);
  whole("stepsPerRun", stepsPerRun);
  if (!Number.isSafeInteger(seed)) throw wrong("seed", "an integer", String(seed));
  if (earlyStopping !== undefined) {
    whole("earlyStopping.patience", earlyStopping.patience);
    const { minDelta = 0, monitor } = earlyStopping;
    if (!(minDelta >= 0 && minDelta < Infinity))
      throw wrong("earlyStopping.minDelta", "a finite number of at least 0", String(minDelta));
    if (monitor === "metric" && metric === undefined)
      throw wrong("earlyStopping.monitor", "a metric", "none");
  }
  among("earlyStopping.monitor", { loss: true, metric: true }, earlyStopping?.monitor);
  among("keep", { best: true, last: true }, keep);
  if (typeof metric !== "object") among("metric", NET_METRICS, metric);
  if (!Array.isArray(classWeights)) among("classWeights", { balanced: true }, classWeights);
  if (validation !== undefined) return;
  if (earlyStopping !== undefined) throw wrong("earlyStopping", "validation rows to watch", "none");
  if (keep === "best") throw wrong("keep", 'validation rows, by which to know the "best"', "none");
  if (metric !== undefined) throw wrong("metric", "validation rows to measure", "none");
}

function among(field: string, table: Readonly<Record<string, unknown>>, value: unknown): void {
  if (value === undefined || (typeof value === "string" && Object.hasOwn(table, value))) return;
  const expected = `one of ${Object.keys(table).join(", ")}${field === "classWeights" ? ", or a list" : ""}`;
  const remedy = nearestRemedy(value, Object.keys(table));
  throw wrong(field, expected, JSON.stringify(value) ?? String(value), remedy);
}

function whole(field: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 1)
    throw wrong(field, "an integer of at least 1", String(value));
}

function wrong(field: string, expected: string, received: string, remedy?: string): Error {
  return tidelineError("ARGUMENT_INVALID", { who: "trainNet", field, expected, received, remedy });
}
