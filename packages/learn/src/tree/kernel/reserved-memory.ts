import type { AllocateBins, BinnedTable } from "../binned-table.ts";
import { COLUMNS_AT, MOST_BYTES, PAGE } from "./wasm-layout.ts";
import { webAssembly, type WasmMemory } from "./web-assembly.ts";

/** A memory that holds a table's columns where kernels look for them, and has room to grow for all the rest. */
interface Reserved {
  readonly memory: WasmMemory;
  readonly rows: number;
  readonly columns: number;
  /** Whether kernels are open on it. */
  taken: boolean;
  /** Whether kernels were open on it. */
  written: boolean;
  /** Done when the threads of those that were open last have ended. */
  left: Promise<unknown>;
}

/** By the buffer that bins are views of. */
const reserved = new WeakMap<ArrayBufferLike, Reserved>();

function reservedFor(rows: number, columns: number): Reserved | undefined {
  if (webAssembly === undefined || COLUMNS_AT + rows * columns > MOST_BYTES) return undefined;
  try {
    const memory = new webAssembly.Memory({
      initial: Math.ceil((COLUMNS_AT + rows * columns) / PAGE),
      maximum: MOST_BYTES / PAGE,
      shared: true,
    });
    const own = { memory, rows, columns, taken: false, written: false, left: Promise.resolve() };
    reserved.set(memory.buffer, own);
    return own;
  } catch {
    // Bins find another place, and kernels say what they lack.
    return undefined;
  }
}

/**
 * Memory for the bins of one table that kernels in WebAssembly later grow and work in, so that they need no copy of them.
 * Ordinary memory where there is none to be had.
 */
export function reserveBins(): AllocateBins {
  let own: Reserved | undefined;
  let next = 0;
  return (bytes, features = 0) => {
    if (next === 0 && features > 0) own = reservedFor(bytes, features);
    const column = next++;
    if (own === undefined || bytes !== own.rows || column >= own.columns) return new Uint8Array(bytes);
    // The buffer is asked for before anything has grown: all columns are views of the same.
    return new Uint8Array(own.memory.buffer, COLUMNS_AT + column * bytes, bytes);
  };
}

/** How long threads that were told to end may take. They are woken at once; a platform that never tells must not hang a fit. */
const LEAVE_MS = 1000;

/** Whether a promise settles in that time. */
async function within(promise: Promise<unknown>, milliseconds: number): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, milliseconds, false);
  });
  const settled = await Promise.race([promise.then(() => true), late]);
  clearTimeout(timer);
  return settled;
}

/** A table's own memory, for the time in which its kernels are open. */
export interface TakenMemory {
  /** The memory, of so many pages at least; all but the columns is 0. @throws RangeError where it cannot grow. */
  grown(pages: number): WasmMemory;
  /** Nobody but these threads, which are about to end, looks at it any more. What is said first holds. */
  leave(threads: readonly Promise<unknown>[]): void;
}

/**
 * The memory that was reserved for a table's bins; undefined for bins that stand elsewhere, where other kernels are open
 * on it, and where threads of earlier ones are not known to have ended.
 */
export async function takeReserved({ rows, bins }: BinnedTable): Promise<TakenMemory | undefined> {
  const buffer = bins[0]?.buffer;
  const own = buffer === undefined ? undefined : reserved.get(buffer);
  if (own === undefined || own.rows !== rows || own.columns !== bins.length) return undefined;
  const inPlace = bins.every(
    (column, at) =>
      column.buffer === buffer && column.byteOffset === COLUMNS_AT + at * rows && column.length === rows,
  );
  if (!inPlace) return undefined;
  // Threads that have not ended yet may still look for work here.
  if (!(await within(own.left, LEAVE_MS))) return undefined;
  if (own.taken) return undefined;
  own.taken = true;
  let left = false;
  return {
    grown(pages) {
      const { memory } = own;
      const missing = pages - memory.buffer.byteLength / PAGE;
      if (own.written) {
        const all = new Uint8Array(memory.buffer);
        all.fill(0, 0, COLUMNS_AT);
        all.fill(0, COLUMNS_AT + rows * bins.length);
      }
      if (missing > 0) memory.grow(missing);
      own.written = true;
      return memory;
    },
    leave(threads) {
      if (left) return;
      left = true;
      own.left = Promise.allSettled(threads);
      own.taken = false;
    },
  };
}
