import { instantiate, webAssembly, type WasmModule } from "../../../tree/kernel/web-assembly.ts";
import { taperOf } from "../../audio/taper.ts";
import { SIGNAL_KERNELS } from "./generated/sensor-kernels.ts";
import { loadPairs, PAIR_SUMS, type SignalKernel } from "./signal-kernel.ts";

interface Exports {
  loadWindow(values: number, channels: number, size: number, series: number): void;
  summarise(series: number, size: number, sums: number): void;
  power(
    first: number,
    second: number,
    size: number,
    taper: number,
    cos: number,
    sin: number,
    work: number,
    to: number,
    other: number,
  ): void;
}

const PAGE = 65_536;
/** Floats that are copied into the module's memory at once. */
const COPIED = 1 << 14;

let compiled: WasmModule | null | undefined;

function wasmModule(): WasmModule | null {
  if (compiled !== undefined) return compiled;
  compiled = null;
  if (webAssembly === undefined || typeof atob !== "function") return null;
  try {
    compiled = new webAssembly.Module(
      Uint8Array.from(atob(SIGNAL_KERNELS), (letter) => letter.charCodeAt(0)),
    );
  } catch {
    // A page's policy, or no SIMD: TypeScript computes the same.
  }
  return compiled;
}

/**
 * The kernel in WebAssembly: two channels by one instruction, four by one transform.
 *
 * @returns undefined where there is no WebAssembly with SIMD, or the size is no power of two from 4 to 65,536.
 */
export function wasmSignalKernel(size: number, channels: number, pairs: number): SignalKernel | undefined {
  const module = size >= 4 && size <= 65_536 && (size & (size - 1)) === 0 ? wasmModule() : null;
  if (module === null) return undefined;
  const bins = (size >> 1) + 1;
  const windowLength = size * channels;
  const room = Math.max(windowLength, COPIED);
  let end = 1024;
  const place = (bytes: number): number => {
    const start = end;
    end += (bytes + 15) & ~15;
    return start;
  };
  const input = place(4 * room);
  const series = place(16 * pairs * size);
  const sums = place(8 * pairs * PAIR_SUMS);
  const power = place(16 * pairs * bins);
  const taper = place(8 * size);
  const cos = place(8 * size);
  const sin = place(8 * size);
  const work = place(64 * size);
  const pages = Math.ceil(end / PAGE);
  const memory = new webAssembly!.Memory({ initial: pages, maximum: pages });
  const exports = instantiate(module, memory) as Exports;
  const doubles = (start: number, length: number) => new Float64Array(memory.buffer, start, length);
  doubles(taper, size).set(taperOf("hann", size));
  for (let k = 0; k < size; k++) {
    doubles(cos, size)[k] = Math.cos((2 * Math.PI * k) / size);
    doubles(sin, size)[k] = -Math.sin((2 * Math.PI * k) / size);
  }
  const copied = new Float32Array(memory.buffer, input, room);
  const seriesView = doubles(series, pairs * size * 2);
  // What of `source` lies in memory, of those that do not change.
  let source: Float32Array | undefined;
  let copiedFrom = 0;
  let copiedTo = 0;
  return {
    name: "webassembly",
    series: seriesView,
    sums: doubles(sums, pairs * PAIR_SUMS),
    power: doubles(power, pairs * bins * 2),
    load(values, from) {
      if (values instanceof Float64Array) return loadPairs(values, from, size, channels, seriesView);
      source = undefined;
      copied.set(values.subarray(from, from + windowLength));
      exports.loadWindow(input, channels, size, series);
    },
    loadOfMany(values, from) {
      if (values instanceof Float64Array) return loadPairs(values, from, size, channels, seriesView);
      if (values !== source || from < copiedFrom || from + windowLength > copiedTo) {
        source = values;
        copiedFrom = from;
        copiedTo = Math.min(values.length, from + room);
        copied.set(values.subarray(from, copiedTo));
      }
      exports.loadWindow(input + 4 * (from - copiedFrom), channels, size, series);
    },
    summarise: (pair) => exports.summarise(series + pair * size * 16, size, sums + pair * PAIR_SUMS * 8),
    transform: (first, second) =>
      exports.power(
        series + first * size * 16,
        series + second * size * 16,
        size,
        taper,
        cos,
        sin,
        work,
        power + first * bins * 16,
        power + second * bins * 16,
      ),
  };
}
