import type { BinnedTable } from "../binned-table.ts";
import { buildHistogram, firstBins, subtractHistogram, sumsByBin } from "./histogram.ts";
import { kernelGuard } from "./kernel-guard.ts";
import { leafRows } from "./leaf-rows.ts";
import { quantise } from "./quantise.ts";
import { quantisedScale } from "./quantised-scale.ts";
import { leafSplits, scan } from "./scan.ts";
import { checkThreads } from "./thread-count.ts";
import type { OpenTreeKernels, QuantisedSums, TreeKernels } from "./tree-kernels.ts";

/**
 * The kernels in plain TypeScript, on the caller's thread: the oracle that others must equal to the bit, and what runs
 * where there is no WebAssembly.
 *
 * @example
 * const kernels = await openTypescriptKernels(table, { slots: 31, leaves: 31 });
 * kernels.gradient.set(gradients);
 * kernels.hessian.fill(1);
 * const { sums } = kernels.start({ bag: undefined, seed: 7 });
 */
// oxlint-disable-next-line typescript/require-await -- what it throws is a rejection
export const openTypescriptKernels: OpenTreeKernels = async (table, { slots, leaves, threads = 1 }) => {
  checkThreads("tree kernels", threads);
  return kernelsOf(table, slots, leaves);
};

function kernelsOf(table: BinnedTable, slots: number, leaves: number): TreeKernels {
  const gradient = new Float32Array(table.rows);
  const hessian = new Float32Array(table.rows);
  const quantised = { gradient: new Int16Array(table.rows), hessian: new Uint16Array(table.rows) };
  const everyRow = Int32Array.from({ length: table.rows }, (_, row) => row);
  const rows = leafRows(table.rows, leaves);
  const first = firstBins(table);
  const histograms = Array.from({ length: slots }, () => new Int32Array(2 * first.at(-1)!));
  const splits = [leafSplits(table.features.length), leafSplits(table.features.length)] as const;
  const guard = kernelGuard(table, { slots, leaves });
  let scales: QuantisedSums = { gradient: 1, hessian: 1 };

  return Object.freeze({
    name: "typescript" as const,
    threads: 1,
    table,
    slots,
    leaves,
    gradient,
    hessian,
    start({ bag = everyRow, seed }) {
      guard.start(bag === everyRow ? undefined : bag);
      scales = {
        gradient: quantisedScale("gradient", gradient, bag),
        hessian: quantisedScale("hessian", hessian, bag),
      };
      quantise(gradient, hessian, bag, scales, seed, quantised);
      rows.fill(bag);
      const sums = { gradient: 0, hessian: 0 };
      for (const row of bag) {
        sums.gradient += quantised.gradient[row]!;
        sums.hessian += quantised.hessian[row]!;
      }
      return { sums, rows: bag.length, scales };
    },
    histogram(leaf, slot, wanted) {
      guard.leaf(leaf);
      guard.slot(slot);
      buildHistogram(histograms[slot]!, table, first, rows.of(leaf), quantised, wanted);
    },
    subtract(slot, other) {
      guard.slot(slot);
      guard.slot(other);
      subtractHistogram(histograms[slot]!, histograms[other]!);
    },
    scan(slot, limits) {
      guard.slot(slot);
      scan(table, histograms[slot]!, first, limits, scales, splits[0]);
      return splits[0];
    },
    scanBoth(slots, limits) {
      for (const slot of slots) guard.slot(slot);
      for (const at of [0, 1] as const)
        scan(table, histograms[slots[at]]!, first, limits[at], scales, splits[at]);
      return splits;
    },
    bins(slot, feature) {
      guard.slot(slot);
      guard.feature(feature);
      return sumsByBin(histograms[slot]!, first[feature]!, table.features[feature]!.bins);
    },
    partition(leaf, into, { feature, left }) {
      guard.partition(leaf, into, feature);
      return rows.split(leaf, into, table.bins[feature]!, left);
    },
    rowsOf(leaf) {
      guard.leaf(leaf);
      return rows.of(leaf);
    },
    exactSums(leaf) {
      guard.leaf(leaf);
      const sums = { gradient: 0, hessian: 0 };
      for (const row of rows.of(leaf)) {
        sums.gradient += gradient[row]!;
        sums.hessian += hessian[row]!;
      }
      return sums;
    },
    addTo(scores, values, offset, stride) {
      guard.addTo(scores, values, offset, stride);
      for (let leaf = 0; leaf < rows.leaves; leaf++) {
        for (const row of rows.of(leaf)) scores[offset + row * stride]! += values[leaf]!;
      }
    },
    release: () => guard.release(),
  } satisfies TreeKernels);
}
