import { instantiate, type WasmMemory, type WasmModule } from "./web-assembly.ts";

/** What a thread that helps the kernels is given. All of it can be posted to a worker. */
export interface TreeThreadSeat {
  readonly module: WasmModule;
  /** Shared with the thread that asks. */
  readonly memory: WasmMemory;
  /** From 1; thread 0 is the caller's. */
  readonly thread: number;
}

/** A running thread. */
export interface TreeThread {
  /** Stops it, whatever it does; settles when it has stopped. */
  end(): Promise<void>;
}

/**
 * Threads of a platform, for kernels that share their work out; Node's adapter stands in `@tideline/pipeline`. What a
 * thread runs is `sitDown(seat)` of this module, or the same three lines written for the platform: it returns when the
 * kernels are released.
 */
export interface TreeThreads {
  /** Threads that the machine runs at once, the caller's included. */
  readonly parallelism: number;
  /** Whether the caller's thread may sleep: not in a page of a browser. */
  readonly callerMaySleep: boolean;
  /**
   * Starts a thread, and is done when that thread runs. When it ends later on, `loseThread(seat)` is called. @throws whatever the platform says
   * where it cannot; the kernels pass it on as the cause of UNAVAILABLE.
   */
  start(seat: TreeThreadSeat): Promise<TreeThread>;
}

/** `FAILED` of `address.as`, in words. */
const FAILED = 65;

/** Those whose kernels need them no more. Others may work in the same memory by now. */
const dismissed = new WeakSet<TreeThreadSeat>();

/** The end of this thread, which the kernels themselves have asked for, is no loss. */
export function dismiss(seat: TreeThreadSeat): void {
  dismissed.add(seat);
}

/**
 * Tells kernels that a thread of theirs has ended, so that their next call fails and does not wait for it. For adapters,
 * wherever they hear that a thread ended, without asking why: after the kernels' release it changes nothing.
 *
 * @example
 * worker.once("exit", () => loseThread(seat));
 */
export function loseThread(seat: TreeThreadSeat): void {
  if (!dismissed.has(seat)) Atomics.store(new Int32Array(seat.memory.buffer), FAILED, 1);
}

/** What a thread does until the kernels are released. It blocks: only for a thread of its own. */
export function sitDown({ module, memory, thread }: TreeThreadSeat): void {
  const { work, fail } = instantiate(module, memory) as Record<"work" | "fail", (thread: number) => void>;
  try {
    work(thread);
  } catch (error) {
    fail(thread);
    throw error;
  }
}
