import { freeMemory } from "./free-memory.ts";

/**
 * Just above the size from which the memory allocator of Linux always takes memory from the system, to give it back when it
 * is freed (mallopt(3): M_MMAP_THRESHOLD grows with what was freed, to 32 MiB at most); smaller pieces may stay with the
 * process for good. What is not written to takes no room.
 */
const SLAB = 2 ** 25 + 2 ** 16;
/** What is not worth that: pieces up to here are taken one by one. */
const LITTLE = 2 ** 20;

/** Pieces of memory that are needed for a while, and given back all at once. */
export interface Slab {
  /** 0 in all of them. */
  singles(length: number): Float32Array<ArrayBuffer>;
  doubles(length: number): Float64Array<ArrayBuffer>;
  words(length: number): Uint32Array<ArrayBuffer>;
  /** Gives all of it back; the pieces are empty from now on. */
  free(): void;
}

/** An empty slab: memory is taken when it is asked for. */
export function slab(): Slab {
  const buffers: ArrayBuffer[] = [];
  /** Bytes in all, and of the last buffer. */
  let [all, used] = [0, 0];
  const take = (wanted: number): [buffer: ArrayBuffer, offset: number] => {
    const bytes = Math.ceil(wanted / 8) * 8;
    all += bytes;
    used += bytes;
    const last = buffers.at(-1);
    if (last !== undefined && used <= last.byteLength) return [last, used - bytes];
    const buffer = new ArrayBuffer(all > LITTLE ? Math.max(SLAB, bytes) : bytes);
    buffers.push(buffer);
    used = bytes;
    return [buffer, 0];
  };
  return {
    singles: (length) => new Float32Array(...take(4 * length), length),
    doubles: (length) => new Float64Array(...take(8 * length), length),
    words: (length) => new Uint32Array(...take(4 * length), length),
    free() {
      for (const buffer of buffers.splice(0)) freeMemory(buffer);
      all = used = 0;
    },
  };
}
