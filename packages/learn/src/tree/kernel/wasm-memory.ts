import type { BinnedTable } from "../binned-table.ts";
import { FEATURE_BYTES, SHARED, type WasmLayout, type WasmPlaces } from "./wasm-layout.ts";

/** Bytes that draw together those of four 32-bit lanes whose bit is set in a mask of 0 to 15, in their order. */
function compaction(): Uint8Array {
  const out = new Uint8Array(256).fill(255);
  for (let mask = 0; mask < 16; mask++) {
    let at = 16 * mask;
    for (let lane = 0; lane < 4; lane++) {
      if ((mask & (1 << lane)) === 0) continue;
      for (let byte = 0; byte < 4; byte++) out[at++] = 4 * lane + byte;
    }
  }
  return out;
}

/**
 * Writes down what the kernels must know of a table and its layout, and the table's bins as columns, unless they stand there
 * already.
 */
export function fillMemory(
  buffer: ArrayBufferLike,
  table: BinnedTable,
  layout: WasmLayout,
  threads: number,
  inPlace: boolean,
): void {
  const words = new Uint32Array(buffer);
  const bytes = new Uint8Array(buffer);
  const { place, blocks } = layout;
  const features = table.features.length;
  const setup = [table.rows, features, blocks.length, threads, ...Object.values(place)];
  words.set(setup, SHARED.setup / 4);
  // The two entries that are no addresses.
  const entry = (name: keyof WasmPlaces): number => SHARED.setup / 4 + 4 + Object.keys(place).indexOf(name);
  words[entry("slotBytes")] = features * FEATURE_BYTES;
  words[entry("stride")] = layout.stride;
  blocks.forEach(({ first, width }, block) => words.set([first, width], place.blockTable / 4 + 2 * block));
  table.features.forEach((feature, f) => {
    const numeric = feature.kind === "numeric";
    const flags = numeric ? 1 + (feature.missing ? 2 : 0) : 0;
    words.set([numeric ? feature.upper.length : feature.bins, flags], place.featureTable / 4 + 2 * f);
    if (!inPlace) bytes.set(table.bins[f]!, place.columns + f * table.rows);
  });
  bytes.set(compaction(), place.compaction);
}
