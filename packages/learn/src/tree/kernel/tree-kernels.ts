import type { AllocateBins, BinnedTable } from "../binned-table.ts";

/** Sums over rows, in units of the tree's two scales. Integers, so that the order of adding does not matter. */
export interface QuantisedSums {
  readonly gradient: number;
  readonly hessian: number;
}

/** How a tree's rows and their derivatives are taken up. */
export interface TreeStart {
  /** Rows of the tree, ascending, none twice; undefined for all. A row may count more than once by its weight, not by repetition. */
  readonly bag: Int32Array | undefined;
  /** Seeds the stochastic rounding: a hash of (seed | 0, row) decides, so threads do not matter. */
  readonly seed: number;
}

/** How splits of categories are chosen. */
export interface CategoryLimits {
  /** For features with up to so many bins, one category against the rest is tried. */
  readonly oneHot: number;
  /** Categories on the left side, at most (and at most half of them). */
  readonly most: number;
  /** Added to the hessian of a category when they are sorted; those with fewer rows stay on the right. */
  readonly smooth: number;
  /** Added to `l2` for sides made of sorted categories, and for the values of leaves right below. */
  readonly l2: number;
  /** Rows that are added to the left side before a split is tried, and rows of the right side, at least. */
  readonly minRows: number;
}

/** Which splits of a leaf are looked for. */
export interface ScanLimits {
  readonly sums: QuantisedSums;
  /** Rows of the leaf. */
  readonly rows: number;
  readonly l1: number;
  readonly l2: number;
  readonly minChildWeight: number;
  /** Rows of a child; estimated from its share of the hessian, as the histogram holds no counts. */
  readonly minChildRows: number;
  /** Largest size of a leaf's output; 0 for any. */
  readonly maxDelta: number;
  /** Bounds of outputs below this leaf by monotone constraints. */
  readonly lower: number;
  readonly upper: number;
  /** Per feature -1, 0, 1; undefined for none. */
  readonly monotone: Int8Array | undefined;
  /** 1 for features that may be asked. */
  readonly allowed: Uint8Array;
  /** Where set, one threshold per feature is tried, drawn by a hash of (seed, feature): extremely randomised trees. */
  readonly randomSeed: number | undefined;
  /** How categories are split; undefined where none of their splits is looked for. */
  readonly categorical?: CategoryLimits | undefined;
}

/** The best split of each feature: gain -Infinity where there is none (the rest is then undefined). */
export interface LeafSplits {
  /** Loss that is saved, less that of the leaf unsplit. [features] */
  readonly gain: Float64Array;
  /** Rows of bins up to this go left; of categories, how many bins do. [features] */
  readonly bin: Int32Array;
  /** Of categories, the bins that go left, as many as `bin` says. [features * 256] */
  readonly leftBins: Uint8Array;
  /** Of a numeric feature. [features] */
  readonly missingLeft: Uint8Array;
  /** Sums of the left side, integers in units of the scales. [features] */
  readonly gradient: Float64Array;
  readonly hessian: Float64Array;
}

/** A split to carry out: bins of a feature that go left, one byte each (the missing values' bin included). */
export interface BinSplit {
  readonly feature: number;
  readonly left: Uint8Array;
}

/**
 * The hot loops of growing a tree, over one binned table. Two implementations give equal bits: plain TypeScript (the
 * oracle, and what runs where there is nothing better) and WebAssembly. Rows lie ordered by leaf; a histogram has a
 * slot, `gradient` and `hessian` sums of every bin of every feature.
 *
 * A call is refused before it does anything: ARGUMENT_INVALID for a leaf, slot, feature or row that there is not, or a bag
 * that does not ascend; UNAVAILABLE after `release`, and for good once a thread was lost.
 */
export interface TreeKernels {
  readonly name: "typescript" | "webassembly";
  readonly threads: number;
  /** Why these, where they are not those that were chosen at first. */
  readonly reason?: string | undefined;
  readonly table: BinnedTable;
  /** Histograms that are kept at once, at least 2. */
  readonly slots: number;
  /** Leaves of a tree, at most. */
  readonly leaves: number;
  /** First and second derivatives of the loss by the score, weights included; to be filled before `start`. [rows] */
  readonly gradient: Float32Array;
  readonly hessian: Float32Array;
  /** Quantises the derivatives and puts the tree's rows into leaf 0. Returns its sums, and the two scales. */
  start(tree: TreeStart): {
    readonly sums: QuantisedSums;
    readonly rows: number;
    readonly scales: QuantisedSums;
  };
  /** Sums of a leaf's rows into a slot. Of features that are 0 in `wanted` nothing is asked later: a hint, to save time. */
  histogram(leaf: number, slot: number, wanted?: Uint8Array): void;
  /** The slot's sums less those of another: what is left is the sibling's. */
  subtract(slot: number, other: number, wanted?: Uint8Array): void;
  /**
   * The best split of each feature from a slot's sums, valid until the next call. What is computed in which
   * order stands in `quantised-scale.ts`, `quantise.ts`, `scan-scale.ts`, `scan-free.ts`, `scan-bounded.ts`,
   * `scan-feature.ts`, `category-split.ts` and `split-gain.ts`.
   */
  scan(slot: number, limits: ScanLimits): LeafSplits;
  /** Two scans at once, which is quicker. */
  scanBoth(
    slots: readonly [number, number],
    limits: readonly [ScanLimits, ScanLimits],
  ): readonly [LeafSplits, LeafSplits];
  /** The sums of one feature's bins in a slot: gradients, then hessians; for splits of categories. */
  bins(slot: number, feature: number): { readonly gradient: Float64Array; readonly hessian: Float64Array };
  /** Rows of `leaf` that do not go left become those of `into`, in their order. Returns how many stay. */
  partition(leaf: number, into: number, split: BinSplit): number;
  /** The rows of a leaf, as a view until the next call. */
  rowsOf(leaf: number): Int32Array;
  /** Sums of the unrounded derivatives of a leaf's rows, in float64, added one by one by ascending row from 0. */
  exactSums(leaf: number): { readonly gradient: number; readonly hessian: number };
  /** Adds `values[leaf]` to a strided column of scores for the rows of the tree. */
  addTo(scores: Float64Array, values: Float64Array, offset: number, stride: number): void;
  /** Where asked for by `KernelOptions.boosting` and these kernels have it: a round without a loop in JavaScript. */
  readonly boosting?: BoostingRows | undefined;
  release(): void;
}

/** Objectives of which kernels know the derivatives. */
export type KernelObjective = "binaryLogLoss" | "multiclassLogLoss" | "squaredError";

/** What boosting holds of each row, kept in the memory of the kernels; `addTo` of these scores runs on all threads. */
export interface BoostingRows {
  /** Row-major. [rows * outputs] */
  readonly scores: Float64Array;
  /** To be filled: positions of classes in float32, or numbers. [rows] */
  readonly label: Float32Array | Float64Array;
  /** To be filled; undefined where rows have no weights. [rows] */
  readonly weight: Float64Array | undefined;
  /** Takes the scores as they stand before a round's trees (`OpenObjective.begin`). */
  begin(): void;
  /** Fills `gradient` and `hessian` for one output, with the bits of the objective in TypeScript. */
  derivatives(output: number): void;
}

/** How kernels are opened. */
export interface KernelOptions {
  /** Histograms that are kept at once. */
  readonly slots: number;
  /** Leaves of a tree, at most. */
  readonly leaves: number;
  readonly threads?: number;
  /** What `TreeKernels.boosting` is to hold. */
  readonly boosting?:
    | { readonly objective: KernelObjective; readonly outputs: number; readonly weighted: boolean }
    | undefined;
}

/** Makes kernels for a table. */
export interface OpenTreeKernels {
  (table: BinnedTable, options: KernelOptions): Promise<TreeKernels>;
  /**
   * Memory for the bins of one table, in which these kernels will look for them: bins that are written there are not copied,
   * a byte less for each row and feature. Kernels work beside them, so that all of it stays as long as the bins do. Fits
   * one after the other use it in turn; of those side by side all but one copy. Where kernels are others than was
   * expected, bins in it are bins like all others.
   *
   * @example
   * const { open } = chooseKernels({ threads: nodeTreeThreads() });
   * const { table } = await binStream(chunks, { allocate: open.reserve?.() });
   */
  readonly reserve?: () => AllocateBins;
}
