import type { BinnedTable } from "../binned-table.ts";
import { kernelGuard } from "./kernel-guard.ts";
import type { KernelOptions, OpenTreeKernels, QuantisedSums, TreeKernels } from "./tree-kernels.ts";
import { reserveBins, takeReserved } from "./reserved-memory.ts";
import { threadCount } from "./thread-count.ts";
import type { TreeThreads } from "./tree-threads.ts";
import { wasmBoosting } from "./wasm-boosting.ts";
import { wasmCrew, type WasmCrew } from "./wasm-crew.ts";
import { FEATURE_BYTES, sharesRows, wasmLayout, type WasmLayout } from "./wasm-layout.ts";
import { wasmLeaves } from "./wasm-leaves.ts";
import { fillMemory } from "./wasm-memory.ts";
import { surveyedScale } from "./wasm-scale.ts";
import { wasmSteps } from "./wasm-steps.ts";

/** Rows below which it does not pay to wake other threads: some tens of microseconds of work. */
const SMALL = { survey: 30_000, takeUp: 8192, partition: 8192, exactSums: 8192, addScores: 8192 } as const;

/**
 * Kernels in WebAssembly with SIMD, on as many threads as the port gives. They equal the TypeScript kernels to the bit,
 * whatever the number of threads: sums of integers do not depend on an order, and floats are added in the oracle's.
 *
 * A thread owns the histograms of its features and a range of the tree's rows; rows of a leaf lie in the ranges of all
 * threads, so rows are never moved between threads. Sums are where a row's codes lie in one line of the cache: there threads
 * share out the rows of large leaves, so that each line is fetched once, and add up what each has summed. `wasmLayout` tells what
 * memory that takes.
 *
 * @param port without it the kernels stay on the caller's thread.
 * @throws from opening: UNAVAILABLE where the module, memory or threads are not to be had; ARGUMENT_INVALID for threads that
 *   are no number of threads.
 * @example
 * const kernels = await wasmKernels()(table, { slots: 31, leaves: 31 });
 */
export function wasmKernels(port?: TreeThreads): OpenTreeKernels {
  const open: OpenTreeKernels = async (table, options) => {
    const threads = threadCount(options.threads, port);
    const layout = wasmLayout(table, options, threads);
    const taken = await takeReserved(table);
    const crew = await wasmCrew(layout.bytes, threads, port, taken);
    try {
      fillMemory(crew.buffer, table, layout, threads, taken !== undefined);
      crew.run("arrange");
      return kernelsOf(table, options, layout, crew);
    } catch (error) {
      crew.release();
      throw error;
    }
  };
  return typeof SharedArrayBuffer === "function" ? Object.assign(open, { reserve: reserveBins }) : open;
}

/** {@link wasmKernels} on the caller's thread alone. */
export const openWasmKernels: OpenTreeKernels = wasmKernels();

function kernelsOf(
  table: BinnedTable,
  options: KernelOptions,
  { place }: WasmLayout,
  crew: WasmCrew,
): TreeKernels {
  const { buffer, words, reals, threads } = crew;
  const features = table.features.length;
  const { rows } = table;
  const gradient = new Float32Array(buffer, place.gradient, rows);
  const hessian = new Float32Array(buffer, place.hessian, rows);
  const order = new Int32Array(buffer, place.order, rows);
  const goesLeft = new Uint8Array(buffer, place.goesLeft, 256);
  const leafValues = new Float64Array(buffer, place.leafValues, options.leaves);
  const leafSums = new Float64Array(buffer, place.leafSums, 2 * options.leaves);
  const partSums = new Int32Array(buffer, place.survey, 2 * threads);
  const leaves = wasmLeaves(crew, place, rows, options.leaves);
  const steps = wasmSteps(crew, place, features, sharesRows(table, threads));
  const scale = surveyedScale(buffer, place, rows, threads);
  const guard = kernelGuard(table, options);
  let scales: QuantisedSums = { gradient: 1, hessian: 1 };
  let whole = false;
  let summed = false;
  let taken = 0;

  return Object.freeze({
    name: "webassembly" as const,
    threads,
    table,
    slots: options.slots,
    leaves: options.leaves,
    gradient,
    hessian,
    start({ bag, seed }) {
      guard.start(bag);
      steps.finish();
      const count = bag?.length ?? rows;
      if (bag !== undefined) order.set(bag);
      words.set([count, bag === undefined ? 1 : 0]);
      crew.run("survey", count < SMALL.survey);
      scales = {
        gradient: scale.of("gradient", count, gradient, bag),
        hessian: scale.of("hessian", count, hessian, bag),
      };
      words.set([count, bag === undefined ? 1 : 0, seed]);
      reals.set([1 / scales.gradient, 1 / scales.hessian]);
      crew.run("takeUp", count < SMALL.takeUp);
      const sums = { gradient: 0, hessian: 0 };
      for (let thread = 0; thread < threads; thread++) {
        sums.hessian += partSums[2 * thread]! >>> 0;
        sums.gradient += partSums[2 * thread + 1]!;
      }
      leaves.restart();
      whole = bag === undefined;
      taken = count;
      summed = false;
      return { sums, rows: count, scales };
    },
    histogram(leaf, slot, wanted) {
      guard.leaf(leaf);
      guard.slot(slot);
      steps.sums(leaf, slot, wanted, leaves.count(leaf), whole && leaf === 0);
    },
    subtract(slot, other, wanted) {
      guard.slot(slot);
      guard.slot(other);
      steps.subtract(slot, other, wanted);
    },
    scan(slot, limits) {
      guard.slot(slot);
      return steps.scan(slot, limits, scales);
    },
    scanBoth(slots, limits) {
      for (const slot of slots) guard.slot(slot);
      return steps.scanBoth(slots, limits, scales);
    },
    bins(slot, feature) {
      guard.slot(slot);
      guard.feature(feature);
      steps.finish();
      const at = place.histograms + (slot * features + feature) * FEATURE_BYTES;
      const { bins } = table.features[feature]!;
      const pairs = new Int32Array(buffer, at, 2 * bins);
      const sums = { gradient: new Float64Array(bins), hessian: new Float64Array(bins) };
      for (let bin = 0; bin < bins; bin++) {
        sums.hessian[bin] = pairs[2 * bin]!;
        sums.gradient[bin] = pairs[2 * bin + 1]!;
      }
      return sums;
    },
    partition(leaf, into, { feature, left }) {
      guard.partition(leaf, into, feature);
      steps.finish();
      for (let bin = 0; bin < 256; bin++) goesLeft[bin] = left[bin] === 1 ? 1 : 0;
      words.set([leaf, into, feature]);
      crew.run("partition", leaves.count(leaf) < SMALL.partition);
      leaves.add(into);
      whole = false;
      summed = false;
      return leaves.count(leaf);
    },
    rowsOf(leaf) {
      guard.leaf(leaf);
      return leaves.rowsOf(leaf);
    },
    exactSums(leaf) {
      guard.leaf(leaf);
      if (!summed) {
        steps.finish();
        words[0] = leaves.used;
        crew.run("exactSums", taken < SMALL.exactSums);
        summed = true;
      }
      return { gradient: leafSums[2 * leaf]!, hessian: leafSums[2 * leaf + 1]! };
    },
    addTo(scores, values, offset, stride) {
      guard.addTo(scores, values, offset, stride);
      if (scores.buffer === buffer && scores.byteOffset === place.scores) {
        steps.finish();
        leafValues.set(values.subarray(0, leaves.used));
        words.set([leaves.used, offset, stride]);
        crew.run("addScores", taken < SMALL.addScores);
        return;
      }
      for (let leaf = 0; leaf < leaves.used; leaf++) {
        const value = values[leaf]!;
        for (const row of leaves.rowsOf(leaf)) scores[offset + row * stride]! += value;
      }
    },
    boosting:
      options.boosting === undefined
        ? undefined
        : wasmBoosting(crew, place, rows, options.boosting, steps.finish),
    release() {
      guard.release();
      crew.release();
    },
  } satisfies TreeKernels);
}
