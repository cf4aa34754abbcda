import { isTidelineError } from "@tideline/spec";
import { reserveBins } from "./reserved-memory.ts";
import { threadCount } from "./thread-count.ts";
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
 * no port of threads, or one processor), or plain TypeScript (no WebAssembly, as in Hermes, none with SIMD, or a page whose
 * content security policy forbids it).
 *
 * What only shows when a table is opened leads to TypeScript, too: a table that does not fit the 4 GB of WebAssembly,
 * memory that is not to be had, a module that is refused. What was opened, its `name`, `threads` and `reason` say.
 *
 * @throws from `open`: UNAVAILABLE where the port cannot start threads; ARGUMENT_INVALID for a wrong number of them.
 * @example
 * const { open, name, threads, reason } = chooseKernels();
 * const kernels = await open(table, { slots: 31, leaves: 31 });
 */
export function chooseKernels({
  threads: given,
  offer = wasmOffer(),
}: KernelChoiceOptions = {}): KernelChoice {
  if (!offer.usable) {
    const { reason } = offer;
    return Object.freeze({ name: "typescript", threads: 1, reason, open: openTypescriptKernels });
  }
  const port = offer.shared && given !== undefined && given.parallelism > 1 ? given : undefined;
  const open: OpenTreeKernels = async (table, options) => {
    const { bytes } = wasmLayout(table, options, threadCount(options.threads, port));
    if (bytes > MOST_BYTES) {
      return because(`${String(bytes)} bytes are more than WebAssembly has`, table, options);
    }
    try {
      return await wasmKernels(port)(table, options);
    } catch (error) {
      if (!isTidelineError(error, "UNAVAILABLE") || error.parts.field === "threads") throw error;
      return because(error.message, table, options);
    }
  };
  return Object.freeze<KernelChoice>({
    name: "webassembly",
    threads: threadCount(undefined, port),
    reason: reasonOf(offer, given),
    open: offer.shared ? Object.assign(open, { reserve: reserveBins }) : open,
  });
}

function reasonOf(offer: WasmOffer & { readonly usable: true }, port: TreeThreads | undefined): string {
  if (!offer.shared) return offer.reason;
  if (port === undefined) return "no threads were handed in";
  return port.parallelism > 1 ? offer.reason : "one processor";
}

async function because(reason: string, ...opened: Parameters<OpenTreeKernels>): Promise<TreeKernels> {
  return Object.freeze({ ...(await openTypescriptKernels(...opened)), reason });
}
