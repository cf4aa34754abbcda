import type { OpenTreeKernels, TreeKernels } from "./tree-kernels.ts";
import type { TreeThreads } from "./tree-threads.ts";
import { openTypescriptKernels } from "./typescript-kernels.ts";
import { wasmKernels } from "./wasm-kernels.ts";
import { MOST_BYTES, wasmLayout } from "./wasm-layout.ts";
import { wasmOffer, type WasmOffer } from "./wasm-module.ts";

/** What is chosen by. */
export interface KernelChoiceOptions {
  /** Threads of the platform; without them everything stays on the caller's. */
  readonly threads?: TreeThreads | undefined;
  /** What the place offers; found out where it is not given. */
  readonly offer?: WasmOffer;
}

/** Kernels that suit a place. All of them give equal trees, in different times. */
export interface KernelChoice {
  readonly name: TreeKernels["name"];
  /** Threads at most. */
  readonly threads: number;
  /** Why these, in a few words. */
  readonly reason: string;
  readonly open: OpenTreeKernels;
}

/**
 * The fastest kernels that a place can run: WebAssembly with threads, without (a page that is not cross-origin isolated,
 * or no port of threads), or plain TypeScript (no WebAssembly, as in Hermes, or none with SIMD). A table that does not fit
 * the 4 GB of WebAssembly is opened in TypeScript, too; what was opened, its `name` and `threads` say.
 *
 * @example
 * const { open, name, threads, reason } = chooseKernels();
 * const kernels = await open(table, { slots: 31, leaves: 31 });
 */
export function chooseKernels({
  threads: port,
  offer = wasmOffer(),
}: KernelChoiceOptions = {}): KernelChoice {
  if (!offer.usable) {
    return { name: "typescript", threads: 1, reason: offer.reason, open: openTypescriptKernels };
  }
  const threaded = offer.shared && port !== undefined && port.parallelism > 1;
  const openWasm = wasmKernels(threaded ? port : undefined);
  const threads = threaded ? port.parallelism : 1;
  const reason = offer.shared && port === undefined ? "no threads were handed in" : offer.reason;
  return Object.freeze<KernelChoice>({
    name: "webassembly",
    threads,
    reason,
    open(table, options) {
      const { bytes } = wasmLayout(table, options, threaded ? (options.threads ?? threads) : 1);
      return (bytes > MOST_BYTES ? openTypescriptKernels : openWasm)(table, options);
    },
  });
}
