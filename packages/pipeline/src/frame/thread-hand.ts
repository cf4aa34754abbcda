import { Worker } from "node:worker_threads";
import type { ColumnJob } from "@tideline/learn/transform/column-job";
import { messageOf, tidelineError } from "@tideline/spec/error";
import type { ColumnShare } from "./parquet/column-share.ts";
import { threadEnvironment } from "./thread-environment.ts";

/** What a thread does. It loads what it takes for it when it starts. */
export type HandWork = "read" | "transform";

/** What a thread is asked. A reading has a number of its own and begins with a share. */
export type HandQuestion =
  | { readonly ask: "transform"; readonly job: ColumnJob }
  | { readonly ask: "begin"; readonly reading: number; readonly share: ColumnShare }
  | { readonly ask: "rows"; readonly reading: number; readonly rows: number }
  | { readonly ask: "end"; readonly reading: number };

/** What a thread says to a question, or what was wrong with it. */
export type HandAnswer = { readonly given: unknown } | { readonly fault: string };

/** A thread of Node that answers one question after the other. */
export interface ThreadHand {
  /**
   * Rejects with what the thread found wrong, with UNAVAILABLE where it is lost, with a DataCloneError for what cannot be sent.
   */
  ask(question: HandQuestion): Promise<unknown>;
  /** Ends it; whatever it was asked and did not answer rejects with UNAVAILABLE. */
  end(): Promise<void>;
}

/** Starts a thread. It does not keep the process alive but while it is asked. */
export function threadHand(who: string, works: readonly HandWork[]): ThreadHand {
  const worker = new Worker(new URL("./column-worker.ts", import.meta.url), {
    workerData: works,
    execArgv: [],
    env: threadEnvironment(),
  });
  const calls: PromiseWithResolvers<unknown>[] = [];
  let failure: Error | undefined;
  const fail = (received: string): void => {
    failure ??= tidelineError("UNAVAILABLE", { who, expected: "a living thread", received });
    for (const call of calls.splice(0)) call.reject(failure);
  };
  worker.on("message", (answer: HandAnswer) => {
    // Its end is waited for: an answer that comes meanwhile must not let the process go.
    if (failure !== undefined) return;
    const call = calls.shift();
    if (calls.length === 0) worker.unref();
    if ("fault" in answer) call?.reject(new Error(answer.fault));
    else call?.resolve(answer.given);
  });
  worker.on("error", (error) => fail(messageOf(error)));
  worker.on("messageerror", (error) => fail(messageOf(error)));
  worker.on("exit", (code) => fail(`a thread that ended with ${code}`));
  // Behind the listeners, of which each refers to it again.
  worker.unref();
  return Object.freeze<ThreadHand>({
    async ask(question) {
      if (failure !== undefined) throw failure;
      worker.postMessage(question);
      const call = Promise.withResolvers<unknown>();
      calls.push(call);
      worker.ref();
      return call.promise;
    },
    async end() {
      fail("one that was released");
      await worker.terminate();
    },
  });
}
