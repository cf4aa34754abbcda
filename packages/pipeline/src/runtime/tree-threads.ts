import { availableParallelism } from "node:os";
import { SHARE_ENV, Worker } from "node:worker_threads";
import type { TreeThreads } from "@tideline/learn/tree";

/**
 * `sitDown` of `@tideline/learn/tree` in a few words, so that a thread starts in milliseconds: it need not load a module.
 */
const SIT_DOWN = `
const { parentPort, workerData: { module, memory, thread } } = require("node:worker_threads");
const { work, fail } = new WebAssembly.Instance(module, { env: { memory } }).exports;
parentPort.postMessage("ready");
try { work(thread); } catch (error) { fail(thread); throw error; }
`;

/**
 * Threads of Node for the kernels of trees. They do not keep the process alive, and end with the kernels' release. One that
 * ends before, for whatever reason, makes the next call of the kernels fail.
 *
 * @example
 * const kernels = await wasmKernels(nodeTreeThreads())(table, { slots: 31, leaves: 31, threads: 2 });
 */
export function nodeTreeThreads(): TreeThreads {
  return Object.freeze<TreeThreads>({
    parallelism: availableParallelism(),
    callerMaySleep: true,
    async start(seat) {
      // Loaded by whoever trains trees; a process that trains none keeps their code out of its memory.
      const { loseThread } = await import("@tideline/learn/tree");
      return new Promise((resolve, reject) => {
        const worker = new Worker(SIT_DOWN, { eval: true, execArgv: [], env: SHARE_ENV, workerData: seat });
        worker.once("message", () => {
          worker.unref();
          resolve({
            async end() {
              await worker.terminate();
            },
          });
        });
        // An error is followed by the end; after the start both only say that the thread is lost.
        worker.on("error", reject);
        worker.once("exit", (code) => {
          loseThread(seat);
          reject(new Error(`a thread ended with ${String(code)} before it began`));
        });
      });
    },
  });
}
