import { hash32 } from "../kernel/hash32.ts";
import { freeMemory } from "./free-memory.ts";
import { nthSmallest } from "./nth-smallest.ts";

/** Rows that are offered at a time, at most. */
export const SAMPLE_BLOCK = 16384;

/** Tells these random bits from those of other uses of the same seed: the fractional part of the square root of 7. */
const OWN = 0xa54ff53a | 0;

/** Draws rows of a stream whose length nobody knows yet. Rows that are kept have a slot each, in their order. */
export interface RowSampler {
  /** Places within the next `count` rows (SAMPLE_BLOCK at most) of those that enter, into slots `kept...`; a view. */
  offer(count: number): Int32Array;
  /** Slots that are full. */
  readonly kept: number;
  /** Slots that any number of offers may fill. */
  readonly capacity: number;
  /** Whether {@link shrink} must be called before the next offer. */
  readonly crowded: boolean;
  /** Keeps `size` slots at most and closes the gaps: slot s is now what slot `result[s]` was; a view until the next call. */
  shrink(): Int32Array;
  /** Gives back what it took. */
  free(): void;
}

/**
 * Keeps the `size` rows whose hashes of (seed, row) are the smallest (bottom-k sampling: E. Cohen and H. Kaplan, 2007):
 * every row is as likely as any other, and the same are drawn whether they come at once or in chunks of any length.
 */
export function rowSampler(size: number, seed: number): RowSampler {
  const capacity = size + (size >> 1) + SAMPLE_BLOCK;
  // Grows with what is seen: a sample size beyond all rows costs nothing.
  let hashes = new Uint32Array(Math.min(capacity, 2 * SAMPLE_BLOCK));
  const places = new Int32Array(SAMPLE_BLOCK);
  let slots = new Int32Array(0);
  const own = (seed ^ OWN) | 0;
  let kept = 0;
  let row = 0;
  let limit = 0xffffffff;
  return {
    capacity,
    get kept() {
      return kept;
    },
    get crowded() {
      return kept + SAMPLE_BLOCK > capacity;
    },
    offer(count) {
      if (kept + count > hashes.length) {
        const longer = new Uint32Array(Math.min(capacity, 2 * hashes.length));
        longer.set(hashes);
        freeMemory(hashes.buffer);
        hashes = longer;
      }
      const taken = smallHashes(own, row, count, limit, places, hashes, kept);
      row += count;
      kept += taken;
      return places.subarray(0, taken);
    },
    shrink() {
      const before = kept;
      if (before > size) limit = nthSmallest(hashes, before, size);
      if (slots.length < before) {
        freeMemory(slots.buffer);
        slots = new Int32Array(Math.min(capacity, 2 * before));
      }
      kept = 0;
      for (let slot = 0; slot < before; slot++) {
        if (hashes[slot]! > limit) continue;
        hashes[kept] = hashes[slot]!;
        slots[kept++] = slot;
      }
      return slots.subarray(0, kept);
    },
    free() {
      for (const { buffer } of [hashes, slots]) freeMemory(buffer);
    },
  };
}

function smallHashes(
  seed: number,
  row: number,
  count: number,
  limit: number,
  places: Int32Array,
  hashes: Uint32Array,
  from: number,
): number {
  let taken = 0;
  for (let place = 0; place < count; place++) {
    const hash = hash32(seed, row + place);
    places[taken] = place;
    hashes[from + taken] = hash;
    taken += +(hash <= limit);
  }
  return taken;
}

/** The rows of a table that {@link rowSampler} keeps, ascending; undefined where it keeps all. */
export function sampledRows(rows: number, size: number, seed: number): Int32Array | undefined {
  if (rows <= size) return undefined;
  const sampler = rowSampler(size, seed);
  const drawn = new Int32Array(sampler.capacity);
  const shrink = () => {
    const slots = sampler.shrink();
    for (let slot = 0; slot < slots.length; slot++) drawn[slot] = drawn[slots[slot]!]!;
  };
  for (let start = 0; start < rows; start += SAMPLE_BLOCK) {
    const { kept } = sampler;
    const entered = sampler.offer(Math.min(SAMPLE_BLOCK, rows - start));
    for (let at = 0; at < entered.length; at++) drawn[kept + at] = start + entered[at]!;
    if (sampler.crowded) shrink();
  }
  shrink();
  sampler.free();
  return drawn.slice(0, sampler.kept);
}
