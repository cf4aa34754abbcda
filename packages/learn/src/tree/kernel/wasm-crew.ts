import { messageOf, tidelineError } from "@tideline/spec";
import type { TakenMemory } from "./reserved-memory.ts";
import { dismiss, type TreeThread, type TreeThreads } from "./tree-threads.ts";
import { PAGE, SHARED } from "./wasm-layout.ts";
import { wasmModule } from "./wasm-module.ts";
import { instantiate, webAssembly, type WasmMemory, type WasmModule } from "./web-assembly.ts";

/** Operations of `control.as`. */
const OPERATIONS = {
  end: 0,
  arrange: 1,
  survey: 2,
  takeUp: 3,
  leafWork: 4,
  partition: 5,
  exactSums: 6,
  addScores: 7,
  derive: 8,
  prepareSoftmax: 9,
  sumRows: 10,
} as const;

type Operation = keyof typeof OPERATIONS;

interface KernelExports {
  perform(thread: number): void;
  post(): void;
  join(maySleep: number): number;
}

/** The caller's instance of the kernels, and the threads that work on its memory. */
export interface WasmCrew {
  readonly buffer: ArrayBufferLike;
  readonly threads: number;
  /** Numbers of the next operation. */
  readonly words: Int32Array;
  readonly reals: Float64Array;
  /**
   * Carries out an operation on all threads, or, where it is small, all their shares on the caller's: one that is "little" only
   * where a thread would have to be woken.
   */
  run(operation: Operation, small?: boolean | "little"): void;
  release(): void;
}

/**
 * Tenths of a second without any thread getting done, after the caller's own share, when the threads count as lost. The
 * largest operation over the 4 GB that there may be takes some seconds of one processor.
 */
const PATIENCE = 600;

/**
 * Makes a memory of so many bytes, and starts the threads.
 *
 * @param taken a memory that is used instead. It is left when the crew is released, and when it fails.
 * @throws UNAVAILABLE with its cause, where the module, the memory or the threads are not to be had; no thread is left.
 */
export async function wasmCrew(
  bytes: number,
  threads: number,
  port: TreeThreads | undefined,
  taken?: TakenMemory,
  patience = PATIENCE,
): Promise<WasmCrew> {
  try {
    return await crewOf(bytes, threads, port, taken, patience);
  } catch (error) {
    // No thread has begun to work.
    taken?.leave([]);
    throw error;
  }
}

async function crewOf(
  bytes: number,
  threads: number,
  port: TreeThreads | undefined,
  taken: TakenMemory | undefined,
  patience: number,
): Promise<WasmCrew> {
  const shared = threads > 1 || taken !== undefined;
  const module = await wasmModule(shared);
  const memory = memoryOf(Math.ceil(bytes / PAGE), shared, taken);
  const own = instanceOf(module, memory);
  const others: TreeThread[] = [];
  const seats = Array.from({ length: threads - 1 }, (_, at) => ({ module, memory, thread: at + 1 }));
  const words = new Int32Array(memory.buffer, SHARED.words, 16);
  const operation = new Int32Array(memory.buffer, SHARED.operation, 1);
  const finished = new Int32Array(memory.buffer, SHARED.finished, 1);
  const asleep = new Int32Array(memory.buffer, SHARED.asleep, 1);
  const maySleep = port?.callerMaySleep === true ? 1 : 0;
  let released = false;
  const endAll = (): void => {
    released = true;
    for (const seat of seats) dismiss(seat);
    const ends = others.map(async (thread) => thread.end());
    // How a thread ends changes nothing any more.
    void Promise.allSettled(ends);
    taken?.leave(ends);
  };
  try {
    // Async, so that one that throws at once leaves none of the others unknown.
    const started = await Promise.allSettled(seats.map(async (seat) => port!.start(seat)));
    for (const result of started) if (result.status === "fulfilled") others.push(result.value);
    for (const result of started) if (result.status === "rejected") throw result.reason;
  } catch (cause) {
    endAll();
    throw tidelineError("UNAVAILABLE", {
      who: "tree kernels",
      field: "threads",
      expected: `${String(threads - 1)} beside the caller's`,
      received: messageOf(cause),
      remedy: "Ask for fewer, or hand in no port of threads",
      cause,
    });
  }
  const lost = (received: string, cause?: unknown): Error =>
    tidelineError("UNAVAILABLE", { who: "tree kernels", expected: "living threads", received, cause });
  // What a thread left half done would spoil the sums of later calls: there are none.
  const perform = (thread: number): void => {
    try {
      own.perform(thread);
    } catch (cause) {
      endAll();
      throw lost("a thread that failed", cause);
    }
  };
  /** 0 when the others are done, 1 where one failed, 2 where none got done for too long. */
  const joined = (): number => {
    let done = 0;
    for (let late = 0; late < patience; late++) {
      const answer = own.join(maySleep);
      if (answer !== 2) return answer;
      const now = Atomics.load(finished, 0);
      if (now !== done) late = 0;
      done = now;
    }
    return 2;
  };
  return Object.freeze({
    buffer: memory.buffer,
    threads,
    words,
    reals: new Float64Array(memory.buffer, SHARED.reals, 16),
    run(name: Operation, small: boolean | "little" = false) {
      if (released) throw lost("kernels that were released, or failed");
      operation[0] = OPERATIONS[name];
      if (threads === 1 || small === true || (small === "little" && Atomics.load(asleep, 0) > 0)) {
        for (let thread = 0; thread < threads; thread++) perform(thread);
        return;
      }
      own.post();
      perform(0);
      const end = joined();
      if (end === 0) return;
      endAll();
      throw lost(end === 1 ? "a thread that failed" : "a thread that does not answer");
    },
    release() {
      if (released) return;
      operation[0] = OPERATIONS.end;
      if (threads > 1) own.post();
      endAll();
    },
  });
}

function memoryOf(pages: number, shared: boolean, taken: TakenMemory | undefined): WasmMemory {
  try {
    if (taken !== undefined) return taken.grown(pages);
    return new webAssembly!.Memory(
      shared ? { initial: pages, maximum: pages, shared } : { initial: pages, maximum: pages },
    );
  } catch (cause) {
    throw noMemory(pages * PAGE, cause);
  }
}

/** Some engines reserve the memory only here. */
function instanceOf(module: WasmModule, memory: WasmMemory): KernelExports {
  try {
    return instantiate(module, memory) as KernelExports;
  } catch (cause) {
    throw noMemory(memory.buffer.byteLength, cause);
  }
}

function noMemory(bytes: number, cause: unknown): Error {
  return tidelineError("UNAVAILABLE", {
    who: "tree kernels",
    field: "memory",
    expected: `${String(bytes)} bytes`,
    received: messageOf(cause),
    remedy: "Train on fewer rows or features, or keep fewer histograms.",
    cause,
  });
}
