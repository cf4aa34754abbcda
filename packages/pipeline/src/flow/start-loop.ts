import { Worker } from "node:worker_threads";
import {
  tidelineError,
  type ErrorCode,
  type Envelope,
  type ErrorParts,
  type RootMetadata,
  type ScaledClockOptions,
} from "@tideline/spec";
import type { LogPosition } from "../log-record.ts";
import type { LoopEvents, LoopState } from "./loop.ts";
import type { LoopOptions } from "./loop-context.ts";
import type { LoopReply, LoopRequest } from "./loop-message.ts";
import type { LoopMeasures, PhoneLedger } from "./measure.ts";
import type { ReleaseRow } from "../catalog/index.ts";
import type { RolloutAction } from "./rollout-action.ts";
import type { CatalogEvidence } from "./write-evidence.ts";
import { withoutTelemetry } from "../runtime/no-telemetry.ts";

/** The loop on a thread of its own, seen from the owner's main thread. */
export interface RunningLoop {
  /** Root of trust that phones pin. */
  readonly root: RootMetadata;
  /** Every root, signed, oldest first. */
  readonly roots: readonly Envelope[];
  /** Content address of the definition. */
  readonly definition: string;
  turn(durable: LogPosition): Promise<LoopState>;
  measure(phones: readonly PhoneLedger[], injectedAt: number | null): Promise<LoopMeasures>;
  evidence(folder: string): Promise<CatalogEvidence>;
  /** Does what the owner asks of the roll-out; the answer is also told as a release. */
  rollout(action: RolloutAction): Promise<ReleaseRow>;
  close(): Promise<void>;
}

type Call = LoopRequest["call"];
type ErrorReply = Extract<LoopReply, { kind: "error" }>["error"];

/** The error of the thread, as it was thrown there. */
function revive({ code, parts, message, stack }: ErrorReply): Error {
  if (code !== undefined && parts !== undefined) return tidelineError(code as ErrorCode, parts as ErrorParts);
  return tidelineError("INTERNAL", { who: "loop", received: message, cause: stack });
}

/**
 * Starts the loop of a folder on a thread: compaction, features and monitors do not hold up the console, and the
 * console does not hold up them.
 */
export function startLoop(
  options: LoopOptions & { readonly clock: ScaledClockOptions | null },
  events: LoopEvents,
): Promise<RunningLoop> {
  withoutTelemetry();
  const worker = new Worker(new URL("./loop-worker.ts", import.meta.url), {
    workerData: options,
    name: "loop",
    // A turn makes much short-lived garbage; with a larger nursery V8 keeps some 100 MB of it for good.
    resourceLimits: { maxYoungGenerationSizeMb: 16 },
  });
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  const started = Promise.withResolvers<RunningLoop>();
  let next = 0;
  let ended: Error | null = null;

  const call = async <Result>(of: Call): Promise<Result> => {
    if (ended !== null) throw ended;
    const id = next++;
    const answer = Promise.withResolvers<unknown>();
    waiting.set(id, answer);
    worker.postMessage({ id, call: of } satisfies LoopRequest);
    return (await answer.promise) as Result;
  };
  const settle = (id: number): PromiseWithResolvers<unknown> => {
    const answer = waiting.get(id)!;
    waiting.delete(id);
    return answer;
  };
  const fail = (error: Error): void => {
    ended = error;
    started.reject(error);
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };

  worker.on("message", (reply: LoopReply) => {
    switch (reply.kind) {
      case "ready":
        return started.resolve({
          root: reply.root,
          roots: reply.roots,
          definition: reply.definition,
          turn: (durable) => call({ name: "turn", durable }),
          measure: (phones, injectedAt) => call({ name: "measure", phones, injectedAt }),
          evidence: (folder) => call({ name: "evidence", folder }),
          rollout: (action) => call({ name: "rollout", action }),
          close: () => call({ name: "close" }),
        });
      case "answer":
        return settle(reply.id).resolve(reply.value);
      case "error":
        return settle(reply.id).reject(revive(reply.error));
      case "release":
        return events.onRelease(reply.release);
      case "alert":
        return events.onAlert(reply.alert);
      case "rejected":
        return events.onRejected(reply.reason);
    }
  });
  worker.on("error", (cause) => fail(revive(cause as unknown as ErrorReply)));
  worker.on("exit", (status) =>
    fail(tidelineError("INTERNAL", { who: "loop", received: `the thread's end (${status})` })),
  );
  return started.promise;
}
