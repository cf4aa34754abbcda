import {
  instantiate,
  webAssembly,
  type WasmMemory,
  type WasmModule,
} from "../../../tree/kernel/web-assembly.ts";
import { fixedWeights, rowsFirst, type FixedAxis } from "../fixed-axis.ts";
import { IMAGE_KERNELS } from "./generated/image-kernels.ts";

interface Exports {
  acrossThree(
    from: number,
    to: number,
    rows: number,
    row: number,
    width: number,
    fours: number,
    places: number,
    weights: number,
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

const high = (weight: number): number => weight >> 12;
const low = (weight: number): number => weight & 4095;

/** For each four taps: high parts of 0 and 1, of 2 and 3, low parts of 0 and 1, of 2 and 3. */
function packedFours({ to, taps }: FixedAxis, weights: Int32Array): Int16Array {
  const fours = Math.ceil(taps / 4);
  const out = new Int16Array(to * fours * 8);
  for (let x = 0; x < to; x++)
    for (let k = 0; k < taps; k++) {
      const weight = weights[x * taps + k]!;
      const at = (x * fours + (k >> 2)) * 8 + (k & 3);
      out[at] = high(weight);
      out[at + 4] = low(weight);
    }
  return out;
}

/** For each two taps: their high parts, their low parts. */
function packedPairs({ to, taps }: FixedAxis, weights: Int32Array): Int16Array {
  const pairs = Math.ceil(taps / 2);
  const out = new Int16Array(to * pairs * 4);
  for (let y = 0; y < to; y++)
    for (let k = 0; k < taps; k++) {
      const weight = weights[y * taps + k]!;
      const at = (y * pairs + (k >> 1)) * 4 + (k & 1);
      out[at] = high(weight);
      out[at + 2] = low(weight);
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

/** What the kernels read of both axes, packed. */
interface Packed {
  readonly fours: Int16Array;
  readonly columns: Int32Array;
  readonly pairs: Int16Array;
  readonly rows: Int32Array;
}

const packedOf = weakly((down: FixedAxis) =>
  weakly((across: FixedAxis): Packed => {
    const row = 3 * (rowsFirst(down, across) ? across.from : across.to);
    return {
      fours: packedFours(across, fixedWeights(across)),
      columns: across.first.map((x) => 3 * x),
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
const STRIP = 64 * 1024;

/** Rows of an image that goes across first are taken over by so many, a whole number of pairs; all of them otherwise. */
function rowsAtOnce(down: FixedAxis, across: FixedAxis): number {
  if (across.from === across.to || rowsFirst(down, across)) return down.from;
  return Math.min(down.from, 2 * Math.ceil(STRIP / (6 * across.from)));
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
  const { fours, columns, pairs, rows } = packedOf(down)(across);
  const atOnce = rowsAtOnce(down, across);
  const wide = 3 * Math.max(across.from, across.to);
  const size = down.to * across.to * 3;
  const both = goes.across && goes.down;
  // The last pair of rows may begin at the last row.
  const { starts, end } = layout([
    atOnce * across.from * 3 + wide,
    both ? between + wide : 0,
    size,
    columns.byteLength,
    rows.byteLength,
    fours.byteLength,
    pairs.byteLength,
  ]);
  if (end > MOST_BYTES) return undefined;
  if (end > memory.buffer.byteLength) memory.grow(Math.ceil((end - memory.buffer.byteLength) / PAGE));
  const [first, second, last, columnsAt, rowsAt, foursAt, pairsAt] = starts as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const bytes = new Uint8Array(memory.buffer);
  if (bytes.length > KEPT_BYTES) machine = undefined;
  new Int16Array(memory.buffer, foursAt, fours.length).set(fours);
  new Int16Array(memory.buffer, pairsAt, pairs.length).set(pairs);
  new Int32Array(memory.buffer, columnsAt, columns.length).set(columns);
  new Int32Array(memory.buffer, rowsAt, rows.length).set(rows);
  const width = 3 * across.from;
  const goAcross = (from: number, to: number, count: number): void =>
    exports.acrossThree(from, to, count, width, across.to, Math.ceil(across.taps / 4), columnsAt, foursAt);
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
