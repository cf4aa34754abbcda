import { Worker } from "node:worker_threads";
import {
  releasedGraph,
  type GraphRuntime,
  type LoadedGraph,
  type LoadOptions,
  type RuntimeTensor,
} from "@tideline/graph";
import { messageOf, tidelineError } from "@tideline/spec";
import { receivedError } from "../portable-error.ts";
import {
  type WorkerCall,
  type WorkerReply,
  type WorkerRequest,
  type WorkerResult,
  type WorkerRuntimeName,
} from "./worker-message.ts";
import { withoutTelemetry } from "./no-telemetry.ts";

interface Pending {
  readonly resolve: (result: WorkerResult[WorkerCall["kind"]]) => void;
  readonly reject: (error: Error) => void;
}

/** A worker thread that answers calls; `ask` rejects with UNAVAILABLE once the thread has ended. */
interface Thread {
  ask<Call extends WorkerCall>(call: Call): Promise<WorkerResult[Call["kind"]]>;
  end(): Promise<void>;
  readonly ended: boolean;
}

function startThread(name: WorkerRuntimeName): Thread {
  if (name === "onnxruntime-node") withoutTelemetry();
  const worker = new Worker(new URL("worker-thread.ts", import.meta.url), { workerData: name });
  const pending = new Map<number, Pending>();
  let ended = false;
  let next = 0;
  const stop = (reason: string): void => {
    ended = true;
    for (const { reject } of pending.values()) {
      reject(
        tidelineError("UNAVAILABLE", {
          who: `${name} worker`,
          expected: "a living thread",
          received: reason,
        }),
      );
    }
    pending.clear();
  };
  worker.on("error", (error) => stop(messageOf(error)));
  worker.on("exit", (code) => stop(`a thread that ended with ${code}`));
  worker.on("message", (reply: WorkerReply) => {
    const call = pending.get(reply.id);
    pending.delete(reply.id);
    if (pending.size === 0) worker.unref();
    if (reply.ok) call?.resolve(reply.result);
    else call?.reject(receivedError(reply.error));
  });
  return {
    get ended() {
      return ended;
    },
    ask: (call) =>
      new Promise((resolve, reject) => {
        if (ended) {
          reject(
            tidelineError("UNAVAILABLE", {
              who: `${name} worker`,
              expected: "a living thread",
              received: "one that ended",
            }),
          );
          return;
        }
        next += 1;
        pending.set(next, { resolve: resolve as Pending["resolve"], reject });
        // A thread keeps the process alive only while somebody waits for it.
        worker.ref();
        const id = next;
        try {
          // Nothing is given away: the caller keeps its inputs.
          worker.postMessage({ id, call } satisfies WorkerRequest, []);
        } catch (cause) {
          pending.delete(id);
          if (pending.size === 0) worker.unref();
          reject(
            tidelineError("ARGUMENT_INVALID", {
              who: `${name} worker`,
              field: call.kind === "run" ? "inputs" : call.kind,
              expected: "values that can be copied to another thread",
              received: messageOf(cause),
              cause,
              remedy: "Pass typed arrays whose memory was not transferred away.",
            }),
          );
        }
      }),
    async end() {
      await worker.terminate();
    },
  };
}

/**
 * A runtime in a worker thread, so that running a model does not hold up the event loop of a server. The thread
 * starts with the first graph and ends with the release of the last; when it dies, runs fail with UNAVAILABLE and
 * the next load starts another.
 *
 * @example
 * const graph = await workerRuntime("onnxruntime-node").load(bytes);
 */
export function workerRuntime(name: WorkerRuntimeName): GraphRuntime {
  let thread: Thread | undefined;
  let held = 0;
  let graphs = 0;

  const letGo = async (from: Thread): Promise<void> => {
    if (thread !== from) return;
    held -= 1;
    if (held > 0) return;
    thread = undefined;
    await from.end();
  };

  return Object.freeze({
    name: `${name} (worker)`,
    async load(bytes: Uint8Array, options: LoadOptions = {}): Promise<LoadedGraph> {
      if (thread === undefined || thread.ended) {
        thread = startThread(name);
        held = 0;
      }
      const own = thread;
      held += 1;
      graphs += 1;
      const graph = graphs;
      let released = false;
      let declared: WorkerResult["load"];
      try {
        declared = await own.ask({ kind: "load", graph, bytes, options });
      } catch (error) {
        await letGo(own);
        throw error;
      }
      return Object.freeze({
        ...declared,
        async run(inputs: Readonly<Record<string, RuntimeTensor>>, outputs: readonly string[]) {
          if (released) throw releasedGraph(`${name} worker`);
          return own.ask({ kind: "run", graph, inputs, outputs });
        },
        async release() {
          if (released) return;
          released = true;
          if (!own.ended) await own.ask({ kind: "release", graph });
          await letGo(own);
        },
      });
    },
  });
}
