import { parentPort, workerData } from "node:worker_threads";
import type { ModelDefinition } from "@tideline/spec";
import type { TrainingSet } from "../feature/training-set.ts";
import { encodeFittedState } from "./fitted-state.ts";
import { trainModel, type TrainOptions } from "./train-model.ts";

/** What the training thread is given. */
export interface TrainRequest {
  readonly set: TrainingSet;
  readonly model: ModelDefinition;
  readonly options: Omit<TrainOptions, "onProgress">;
}

const { set, model, options } = workerData as TrainRequest;
const { fitted, ...trained } = trainModel(set, model, {
  ...options,
  onProgress: (progress) => parentPort!.postMessage({ progress }),
});
parentPort!.postMessage({ trained: { ...trained, fitted: encodeFittedState(fitted) } });
