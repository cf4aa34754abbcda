import { writeOnnx, type OnnxModel } from "@tideline/graph";
import { canonicalJson } from "@tideline/spec";
import type { FittedNumbers } from "../initial-parameters.ts";
import { fingerprint, type Fingerprint } from "./fingerprint.ts";
import type { NetData } from "./net-data.ts";
import { loadOf, type TrainNetOptions } from "./train-option.ts";

/**
 * A name of a run, from all that decides what comes out of it: the step graph (net, loss, optimiser, batch), the
 * numbers it begins with, the rows, the seed, the schedule and the rest of the options, and the runtime. What an
 * augmentation does cannot be seen; its name stands for it.
 */
export function runIdentity(
  model: OnnxModel,
  first: FittedNumbers,
  data: NetData,
  options: TrainNetOptions,
): string {
  const { schedule, metric, validation, augment, augmentName = "augment" } = options;
  const settings = canonicalJson({
    runtime: options.runtime.name,
    load: { ...loadOf(options) },
    epochs: options.epochs,
    seed: options.seed ?? 0,
    schedule: schedule === undefined ? null : { kind: schedule.kind, options: schedule.options },
    metric: metric === undefined ? null : typeof metric === "string" ? metric : metric.name,
    earlyStopping: options.earlyStopping === undefined ? null : { ...options.earlyStopping },
    keep: options.keep ?? null,
    classWeights: options.classWeights ?? null,
    augment: augment === undefined ? null : augmentName,
    rate: options.optimiser.rate,
    validation: validation !== undefined,
    ...(options.stepsPerRun === undefined ? {} : { stepsPerRun: options.stepsPerRun }),
  });
  const print = fingerprint()
    .add(new TextEncoder().encode(settings))
    .add(writeOnnx(model))
    .add(first.parameters);
  // Drawn by the seed they follow from it; given ones do not.
  if (options.initial !== undefined) print.add(first.state);
  addData(print, data);
  if (validation !== undefined) addData(print, validation);
  return print.hex();
}

function addData(print: Fingerprint, { inputs, target, weight }: NetData): void {
  for (const name of Object.keys(inputs).sort())
    print.add(new TextEncoder().encode(name)).add(inputs[name]!.values);
  print.add(target.values);
  if (weight !== undefined) print.add(weight);
}
