import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { tidelineError, type ErrorCode, type ErrorParts } from "@tideline/spec";
import { decodeFittedState } from "./fitted-state.ts";
import type { TrainedModel, TrainOptions } from "./train-model.ts";
import type { TrainRequest } from "./train-worker.ts";
import { withoutTelemetry } from "../runtime/no-telemetry.ts";

type Message =
  | { readonly progress: Parameters<NonNullable<TrainOptions["onProgress"]>>[0] }
  | { readonly trained: Omit<TrainedModel, "fitted"> & { readonly fitted: string } };

/** An error that crossed a thread keeps its fields but not its name's type. */
function revive(error: unknown): unknown {
  const { code, parts } = error as { code?: ErrorCode; parts?: ErrorParts };
  return code !== undefined && parts !== undefined ? tidelineError(code, parts) : error;
}

/** {@link trainModel} on a thread of its own, so that the lake goes on meanwhile. */
export async function trainInThread(
  set: TrainRequest["set"],
  model: TrainRequest["model"],
  options: TrainOptions,
): Promise<TrainedModel> {
  const { onProgress, ...rest } = options;
  const request: TrainRequest = { set, model, options: rest };
  withoutTelemetry();
  const worker = new Worker(new URL("./train-worker.ts", import.meta.url), {
    workerData: request,
    // As the loop's thread: what is left of short-lived garbage stays small.
    resourceLimits: { maxYoungGenerationSizeMb: 16 },
  });
  let result: TrainedModel | undefined;
  let failure: unknown;
  worker.on("message", (message: Message) => {
    if ("progress" in message) onProgress?.(message.progress);
    else result = { ...message.trained, fitted: decodeFittedState(message.trained.fitted) };
  });
  worker.on("error", (error) => {
    failure = revive(error);
  });
  const [status] = (await once(worker, "exit")) as [number];
  if (failure !== undefined) throw failure;
  if (result === undefined) {
    throw tidelineError("INTERNAL", {
      who: "training thread",
      expected: "a model",
      received: `exit ${status}`,
    });
  }
  return result;
}
