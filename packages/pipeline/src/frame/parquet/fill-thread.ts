import { Worker } from "node:worker_threads";
import { threadEnvironment } from "../thread-environment.ts";
import type { PlacedPart } from "./column-part.ts";
import type { ColumnShare } from "./column-share.ts";

/** Columns that another thread reads. */
export interface FillThread {
  /** Asks for the next rows; one question at a time. The answer is waited for by `parts`. */
  ask(rows: number): void;
  /** @throws Error for damaged pages. */
  parts(): Promise<readonly PlacedPart[]>;
  close(): Promise<void>;
}

type Answer = { readonly parts: readonly PlacedPart[] } | { readonly fault: string };

/** Starts the thread. It does not keep the process alive but while it is waited for. */
export function fillThread(share: ColumnShare): FillThread {
  const worker = new Worker(new URL("./fill-worker.ts", import.meta.url), {
    workerData: share,
    execArgv: [],
    env: threadEnvironment(),
  });
  worker.unref();
  let coming: Promise<Answer> | undefined;
  let settle: ((answer: Answer | Error) => void) | undefined;
  /** Why no more answers come. */
  let gone: Error | undefined;
  const end = (error: Error): void => settle?.((gone ??= error));
  worker.on("message", (answer: Answer) => settle?.(answer));
  worker.on("error", (error) => end(error instanceof Error ? error : new Error(String(error))));
  worker.on("exit", () => end(new Error("the thread that reads columns ended")));
  return {
    ask(rows) {
      coming = new Promise((resolve, reject) => {
        settle = (answer) => (answer instanceof Error ? reject(answer) : resolve(answer));
        if (gone !== undefined) reject(gone);
      });
      // Whoever leaves before the answer does not hear of it.
      coming.catch(() => undefined);
      worker.postMessage(rows);
    },
    async parts() {
      worker.ref();
      try {
        const answer = await coming!;
        if ("fault" in answer) throw new Error(answer.fault);
        return answer.parts;
      } finally {
        worker.unref();
      }
    },
    async close() {
      await worker.terminate();
    },
  };
}
