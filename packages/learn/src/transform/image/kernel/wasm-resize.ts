import {
  instantiate,
  webAssembly,
  type WasmMemory,
  type WasmModule,
} from "../../../tree/kernel/web-assembly.ts";
import { fixedWeights, HALF, rowsFirst, type FixedAxis } from "../fixed-axis.ts";
import { IMAGE_KERNELS } from "./generated/image-kernels.ts";

interface Exports {
  acrossThree(
    from: number,
    to: number,
    rows: number,
    width: number,
    newWidth: number,
    pairs: number,
    shift: number,
    bounds: number,
    highs: number,
    lows: number,
    turned: number,
    made: number,
  ): void;
  downBytes(
    from: number,
    to: number,
    rows: number,
    row: number,
    pairs: number,
    places: number,
    weights: number,
  ): void;
}

interface Machine {
  readonly memory: WasmMemory;
  readonly exports: Exports;
}

/** Beyond this an image goes through TypeScript, whose memory is given back. */
const MOST_BYTES = 256 * 2 ** 20;
/** A memory that grew beyond this is let go after the call: WebAssembly gives none of it back by itself. */
const KEPT_BYTES = 32 * 2 ** 20;
const PAGE = 65_536;

let module: WasmModule | undefined;
let machine: Machine | null | undefined;

/** Bytes that are held between calls. */
export function wasmResizeBytes(): number {
  return machine?.memory.buffer.byteLength ?? 0;
}

/** The module at work, or null where there is no WebAssembly with SIMD (Hermes, strict pages). */
function started(): Machine | null {
  if (machine !== undefined) return machine;
  machine = null;
  if (webAssembly === undefined || typeof atob !== "function") return null;
  try {
    module ??= new webAssembly.Module(Uint8Array.from(atob(IMAGE_KERNELS), (letter) => letter.charCodeAt(0)));
    const memory = new webAssembly.Memory({ initial: 1, maximum: MOST_BYTES / PAGE });
    machine = { memory, exports: instantiate(module, memory) as Exports };
  } catch {
    // A page's policy, or no SIMD: TypeScript gives the same bytes.
  }
  return machine;
}

/** For each two taps: their high parts, their low parts. */
function packedPairs({ to, taps }: FixedAxis, weights: Int32Array): Int16Array {
  const pairs = Math.ceil(taps / 2);
  const out = new Int16Array(to * pairs * 4);
  for (let y = 0; y < to; y++)
    for (let k = 0; k < taps; k++) {
      const weight = weights[y * taps + k]!;
      const at = (y * pairs + (k >> 1)) * 4 + (k & 1);
      out[at] = weight >> 12;
      out[at + 2] = weight & 4095;
    }
  return out;
}

/** Bytes in memory from 1024 on, each part at a multiple of 16 with what kernels read and write behind its end. */
function layout(lengths: readonly number[]): { readonly starts: readonly number[]; readonly end: number } {
  let end = 1024;
  const starts = lengths.map((length) => {
    const start = end;
    end = (end + length + 47) & ~15;
    return start;
  });
  return { starts, end };
}

/** What `acrossThree` reads of an axis. */
interface Across {
  readonly pairs: number;
  readonly shift: number;
  readonly bounds: Int32Array;
  readonly highs: Int16Array;
  readonly lows: Int16Array;
}

/** Bytes of a pair of pixels in eight rows that are turned, each as a number of 16 bits. */
const PAIR_BYTES = 96;

/** Weights in parts of 16 bits, in pairs that begin at even pixels, and how far the low parts can move a sum. */
function packedAcross({ to, taps, first }: FixedAxis, weights: Int32Array): Across {
  const pairs = (taps >> 1) + 1;
  const largest = weights.reduce((most, weight) => Math.max(most, Math.abs(weight)), 0);
  let shift = 0;
  while (largest + (1 << shift) / 2 >= 32_768 << shift) shift++;
  const bounds = new Int32Array(to * 3);
  const highs = new Int16Array(to * pairs * 2);
  const lows = new Int16Array(to * pairs * 2);
  for (let x = 0; x < to; x++) {
    const begin = first[x]! & ~1;
    let least = HALF;
    let most = HALF;
    for (let k = 0; k < taps; k++) {
      const weight = weights[x * taps + k]!;
      const high = (weight + ((1 << shift) >> 1)) >> shift;
      const low = weight - (high << shift);
      const at = x * pairs * 2 + first[x]! - begin + k;
      highs[at] = high;
      lows[at] = low;
      if (low < 0) least += 255 * low;
      else most += 255 * low;
    }
    bounds.set([(begin / 2) * PAIR_BYTES, least >> shift, most >> shift], x * 3);
  }
  return { pairs, shift, bounds, highs, lows };
}

/** What the kernels read of both axes, packed. */
interface Packed {
  readonly across: Across;
  readonly pairs: Int16Array;
  readonly rows: Int32Array;
}

const packedOf = weakly((down: FixedAxis) =>
  weakly((across: FixedAxis): Packed => {
    const row = 3 * (rowsFirst(down, across) ? across.from : across.to);
    return {
      across: packedAcross(across, fixedWeights(across)),
      pairs: packedPairs(down, fixedWeights(down)),
      rows: down.first.map((y) => row * y),
    };
  }),
);

/** A function of an axis that is computed once for as long as the axis lives. */
function weakly<Result>(make: (axis: FixedAxis) => Result): (axis: FixedAxis) => Result {
  const made = new WeakMap<FixedAxis, Result>();
  return (axis) => {
    const known = made.get(axis);
    if (known !== undefined) return known;
    const result = make(axis);
    made.set(axis, result);
    return result;
  };
}

/** Bytes of rows that are taken over at once: they are still in the processor's cache when they are made narrower. */
const STRIP = 96 * 1024;
/** Rows that go across at once. */
const ROWS = 8;

/** Rows of an image that goes across first are taken over by so many, a whole number of eights; all of them otherwise. */
function rowsAtOnce(down: FixedAxis, across: FixedAxis): number {
  if (across.from === across.to || rowsFirst(down, across)) return down.from;
  return Math.min(down.from, ROWS * Math.ceil(STRIP / (3 * ROWS * across.from)));
}

/**
 * Bytes `[down.from, across.from, 3]` resized in WebAssembly: the same bytes as `resizeBytes` gives, several times faster. What is
 * known of an axis is kept as long as the axis itself.
 *
 * @returns undefined where there is no WebAssembly with SIMD, or the image is too large for its memory.
 */
export function wasmResize(values: Uint8Array, down: FixedAxis, across: FixedAxis): Uint8Array | undefined {
  const { memory, exports } = started() ?? {};
  if (memory === undefined || exports === undefined) return undefined;
  const early = rowsFirst(down, across);
  const goes = { across: across.from !== across.to, down: down.from !== down.to };
  if (!goes.across && !goes.down) return values.slice();
  const between = early ? down.to * across.from * 3 : down.from * across.to * 3;
  const { across: packed, pairs, rows } = packedOf(down)(across);
  const atOnce = rowsAtOnce(down, across);
  const size = down.to * across.to * 3;
  const both = goes.across && goes.down;
  const turned = Math.ceil(across.from / 4) * 2 * PAIR_BYTES + packed.pairs * PAIR_BYTES;
  const wide = 3 * Math.max(across.from, across.to);
  // The last pair of rows may begin at the last row.
  const { starts, end } = layout([
    atOnce * across.from * 3 + wide,
    both ? between + wide : 0,
    size,
    rows.byteLength,
    pairs.byteLength,
    packed.bounds.byteLength,
    packed.highs.byteLength,
    packed.lows.byteLength,
    goes.across ? turned : 0,
    goes.across ? 3 * ROWS * across.to : 0,
  ]);
  if (end > MOST_BYTES) return undefined;
  if (end > memory.buffer.byteLength) memory.grow(Math.ceil((end - memory.buffer.byteLength) / PAGE));
  const [first, second, last, rowsAt, pairsAt] = starts as [number, number, number, number, number];
  const [boundsAt, highsAt, lowsAt, turnedAt, madeAt] = starts.slice(5) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const bytes = new Uint8Array(memory.buffer);
  if (bytes.length > KEPT_BYTES) machine = undefined;
  new Int16Array(memory.buffer, pairsAt, pairs.length).set(pairs);
  new Int32Array(memory.buffer, rowsAt, rows.length).set(rows);
  if (goes.across) {
    new Int32Array(memory.buffer, boundsAt, packed.bounds.length).set(packed.bounds);
    new Int16Array(memory.buffer, highsAt, packed.highs.length).set(packed.highs);
    new Int16Array(memory.buffer, lowsAt, packed.lows.length).set(packed.lows);
  }
  const width = 3 * across.from;
  const goAcross = (from: number, to: number, count: number): void =>
    exports.acrossThree(
      from,
      to,
      count,
      across.from,
      across.to,
      packed.pairs,
      packed.shift,
      boundsAt,
      highsAt,
      lowsAt,
      turnedAt,
      madeAt,
    );
  const goDown = (from: number, to: number): void =>
    exports.downBytes(
      from,
      to,
      down.to,
      early ? width : 3 * across.to,
      Math.ceil(down.taps / 2),
      rowsAt,
      pairsAt,
    );
  if (early || !goes.across) {
    bytes.set(values, first);
    goDown(first, early ? second : last);
    if (early) goAcross(second, last, down.to);
  } else {
    const to = both ? second : last;
    for (let y = 0; y < down.from; y += atOnce) {
      const count = Math.min(atOnce, down.from - y);
      bytes.set(values.subarray(y * width, (y + count) * width), first);
      goAcross(first, to + y * across.to * 3, count);
    }
    if (both) goDown(second, last);
  }
  return bytes.slice(last, last + size);
}
