import type { BinnedTable } from "../binned-table.ts";
import type { KernelOptions } from "./tree-kernels.ts";

/** What memory grows by. */
export const PAGE = 2 ** 16;
/** Everything ends below 4 GB: addresses have 32 bits. */
export const MOST_BYTES = 2 ** 32 - PAGE;

/** 256 bins, two 32-bit sums each. */
export const FEATURE_BYTES = 2048;
/** Steps on histograms that one operation carries out, at most. */
export const STEPS = 4;
/** Scans among them, at most: those of both children of a leaf. */
export const SCANS = 2;
/** Numbers that limit a scan, at most. */
export const LIMITS = 32;
/** Rows of which sizes are summed one after the other; threads' shares are whole numbers of them. */
export const SUM_BLOCK = 4096;
/** Codes are padded only in tables that are not large. */
const MOST_PADDED = 2 ** 29;
/** Bytes of a line of the cache. */
const LINE = 64;
/** Codes of a row that one load fetches. */
const BLOCK_WIDTH = 16;

/** Words that threads share: `address.as` says what each is. */
export const SHARED = {
  finished: 128,
  asleep: 192,
  operation: 320,
  words: 384,
  reals: 448,
  setup: 640,
} as const;
/** The first area, that of columns; below it lie the words above. */
export const COLUMNS_AT = 4096;

/** Neighbouring features whose sums are added up together. */
export interface FeatureBlock {
  readonly first: number;
  readonly width: number;
}

/**
 * Blocks of at most 16 features, equally wide as far as can be, and a whole number of them for each thread: a thread owns
 * the histograms of its blocks.
 */
export function featureBlocks(features: number, threads: number): readonly FeatureBlock[] {
  const owners = Math.max(1, Math.min(threads, features));
  const count = owners * Math.ceil(features / (BLOCK_WIDTH * owners));
  return Array.from({ length: count }, (_, block) => {
    const first = Math.floor((features * block) / count);
    return { first, width: Math.floor((features * (block + 1)) / count) - first };
  });
}

/**
 * Bytes of a row's codes: a power of two up to that of a cache line, or whole lines, where that wastes little, so that
 * rows that are fetched one by one touch as few lines as can be.
 */
function rowStride(features: number, rows: number): number {
  const even = features > LINE ? Math.ceil(features / LINE) * LINE : 2 ** Math.ceil(Math.log2(features));
  return even <= 1.3 * features && even * rows <= MOST_PADDED ? even : features;
}

/**
 * Whether threads share out the rows of large leaves rather than the features: where the codes of a row lie in one line of the
 * cache, which is then fetched once.
 */
export function sharesRows({ rows, features }: BinnedTable, threads: number): boolean {
  return threads > 1 && rowStride(features.length, rows) <= LINE;
}

/** Bytes of each area, in the order of the setup table from place 4 on. Columns stay first: they may be there already. */
function areas(table: BinnedTable, { slots, leaves, boosting }: KernelOptions, threads: number) {
  const { rows } = table;
  const features = table.features.length;
  const perRow = (bytes: number): number => (rows + 4) * bytes;
  const outputs = boosting?.outputs ?? 0;
  return {
    columns: rows * features,
    blockTable: 8 * featureBlocks(features, threads).length,
    featureTable: 8 * features,
    codes: rows * rowStride(features, rows) + BLOCK_WIDTH,
    gradient: perRow(4),
    hessian: perRow(4),
    order: perRow(4),
    moved: perRow(4),
    histograms: slots * features * FEATURE_BYTES,
    slotBytes: 0,
    leafBegin: 4 * leaves * threads,
    leafCount: 4 * leaves * threads,
    gain: 8 * SCANS * features,
    splitGradient: 8 * SCANS * features,
    splitHessian: 8 * SCANS * features,
    splitBin: 4 * SCANS * features,
    missingLeft: SCANS * features,
    allowed: SCANS * features,
    monotone: SCANS * features,
    scratch: 8192 * threads,
    blockSums: 16 * Math.ceil(rows / SUM_BLOCK),
    survey: 64 * threads,
    leafValues: 8 * leaves,
    leafSums: 16 * leaves,
    wanted: STEPS * features,
    goesLeft: 256,
    compaction: 256,
    scores: perRow(8 * outputs),
    label: boosting === undefined ? 0 : perRow(boosting.objective === "squaredError" ? 8 : 4),
    weight: boosting?.weighted === true ? perRow(8) : 0,
    largestScore: outputs > 1 ? perRow(8) : 0,
    scoreSum: outputs > 1 ? perRow(8) : 0,
    pairs: perRow(4),
    movedPairs: perRow(4),
    stride: 0,
    limits: 8 * LIMITS * SCANS,
    leftBins: 256 * SCANS * features,
    ownSums: sharesRows(table, threads) ? (threads - 1) * features * FEATURE_BYTES : 0,
    claims: 64 * threads,
  };
}

/** Where each area of the kernels' memory begins, in bytes; 0 for one that is not there. */
export type WasmPlaces = Readonly<Record<keyof ReturnType<typeof areas>, number>>;

/** The plan of a memory. */
export interface WasmLayout {
  readonly blocks: readonly FeatureBlock[];
  readonly place: WasmPlaces;
  /** Bytes of a row's codes. */
  readonly stride: number;
  readonly bytes: number;
}

/**
 * Lays out the one memory of the kernels; it never grows. A row takes, with F features: F bytes as columns (for
 * partitioning), F bytes as rows (for histograms; up to 1.3 F where they are padded), 8 for its derivatives in float32, 8 in
 * the order of leaves (its number and both quantised derivatives), and as much while rows move: 2 F + 24. For boosting of O
 * outputs 8 O more for scores, 4 for a class or 8 for a number to learn, 16 where O is above 1, and 8 with weights. 50 M rows of
 * 20 features and two classes are 3.8e9 bytes; a histogram takes 2,048 bytes a feature, whatever its bins, and threads that share
 * out rows have one each beside the slots.
 */
export function wasmLayout(table: BinnedTable, options: KernelOptions, threads: number): WasmLayout {
  let end = COLUMNS_AT;
  const next = (bytes: number): number => {
    const begin = end;
    end = Math.ceil((end + bytes) / 64) * 64;
    return begin;
  };
  const sizes = Object.entries(areas(table, options, threads)).map(([name, bytes]) => [
    name,
    bytes === 0 ? 0 : next(bytes),
  ]);
  const blocks = featureBlocks(table.features.length, threads);
  const stride = rowStride(table.features.length, table.rows);
  return { blocks, place: Object.fromEntries(sizes) as WasmPlaces, stride, bytes: end };
}
