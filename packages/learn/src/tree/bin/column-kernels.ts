import { instantiate, webAssembly, type WasmMemory } from "../kernel/web-assembly.ts";
import { COLUMN_KERNELS } from "./generated/column-kernels.ts";

/** The loops over a column's values, in WebAssembly with SIMD: `source/` says what each does. */
interface ColumnExports {
  codeEvenSingles(count: number, origin: number, scale: number, last: number, one: number): number;
  codeEvenDoubles(count: number, origin: number, scale: number, last: number, one: number): number;
  codeBitsSingles(count: number, origin: number, shift: number, last: number, one: number): number;
  codeBitsDoubles(count: number, origin: number, shift: number, last: number, one: number): number;
  searchSingles(count: number, missing: number): number;
  searchDoubles(count: number, missing: number): number;
  countSingles(count: number, room: number): number;
  manyEnds(different: number, room: number, rows: number, most: number): number;
}

/** Those loops, and the memory that they work in: what one call leaves there, the next may overwrite. */
export interface ColumnKernels {
  readonly run: ColumnExports;
  readonly memory: WasmMemory;
  /** Makes room for a sample of so many float32 numbers, if there is any to be had. Views of the memory from before are empty then. */
  grow(singles: number): boolean;
}

const PAGE = 2 ** 16;

/** Places in the memory, in bytes: `address.as` says what each is. */
export const PLACES = {
  begins: 4096,
  bounds: 24576,
  values: 28672,
  codes: 61440,
  ends: 24576,
  sample: PAGE,
} as const;

/** The largest sample that is sorted here: what this memory once had it keeps. */
export const MOST_SINGLES = 2 ** 19;

let opened: ColumnKernels | undefined;
let tried = false;

/** The loops for this thread; undefined where there is no WebAssembly with SIMD, or it may not be compiled. */
export function columnKernels(): ColumnKernels | undefined {
  if (!tried) opened = open();
  tried = true;
  return opened;
}

function open(): ColumnKernels | undefined {
  if (webAssembly === undefined || typeof atob !== "function") return undefined;
  const bytes = Uint8Array.from(atob(COLUMN_KERNELS), (letter) => letter.charCodeAt(0));
  try {
    const memory = new webAssembly.Memory({ initial: 1, maximum: 1 + (8 * MOST_SINGLES) / PAGE });
    const run = instantiate(new webAssembly.Module(bytes), memory) as ColumnExports;
    return {
      run,
      memory,
      grow(singles) {
        const missing = 1 + Math.ceil((8 * singles) / PAGE) - memory.buffer.byteLength / PAGE;
        try {
          if (missing > 0) memory.grow(missing);
          return true;
        } catch {
          return false;
        }
      },
    };
  } catch {
    // Without SIMD, or where a page's policy forbids to compile: the loops in TypeScript give the same.
    return undefined;
  }
}
