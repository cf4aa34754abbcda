import { type Random, seededRandom } from "../../../random.ts";
import type { BinSplit, LeafSplits, QuantisedSums, ScanLimits, TreeKernels } from "../tree-kernels.ts";

/** What kernels answered, call by call. */
export type KernelTranscript = readonly (readonly [call: string, answer: unknown])[];

/**
 * Drives kernels through one tree: start, histograms of both children built and subtracted, scans with limits drawn by
 * the seed, partitions by the best splits and by random ones. Writes down every answer, so that two kernels can be
 * compared to the bit. Derivatives are in the kernels already.
 */
export function kernelTranscript(
  kernels: TreeKernels,
  seed: number,
  bag: Int32Array | undefined,
): KernelTranscript {
  const random = seededRandom(seed);
  const transcript: [string, unknown][] = [];
  const write: Write = (call, answer) => transcript.push([call, answer]);
  const started = kernels.start({ bag, seed });
  write("start", structuredClone(started));
  const sums: QuantisedSums[] = [started.sums];
  const rows = [started.rows];
  kernels.histogram(0, 0);
  writeBins(kernels, 0, write);
  const scanned = kernels.scan(0, limitsOf(kernels, random, sums[0]!, rows[0]!));
  let split = writeSplits(kernels, "scan 0", scanned, write);
  for (let into = 1; into < kernels.leaves; into++) {
    const leaf = random.integer(into);
    kernels.histogram(leaf, 0);
    if (random.integer(4) === 0 || split === undefined) split = randomSplit(kernels, random);
    const stay = kernels.partition(leaf, into, split);
    rows[into] = rows[leaf]! - stay;
    rows[leaf] = stay;
    write(`partition ${leaf}`, [stay, [...kernels.rowsOf(leaf)], [...kernels.rowsOf(into)]]);
    write(`exactSums ${leaf}`, kernels.exactSums(leaf));
    write(`exactSums ${into}`, kernels.exactSums(into));
    kernels.histogram(into, 1);
    kernels.subtract(0, 1);
    sums[into] = sumsOf(kernels, 1);
    sums[leaf] = sumsOf(kernels, 0);
    const limits = [
      limitsOf(kernels, random, sums[into]!, rows[into]!),
      limitsOf(kernels, random, sums[leaf]!, rows[leaf]!),
    ] as const;
    writeBins(kernels, 1, write);
    writeBins(kernels, 0, write);
    const [one, other] = kernels.scanBoth([1, 0], limits);
    writeSplits(kernels, "both 1", one, write);
    split = writeSplits(kernels, "both 0", other, write);
  }
  const scores = new Float64Array(2 * kernels.table.rows).fill(0.1);
  kernels.addTo(
    scores,
    Float64Array.from({ length: kernels.leaves }, () => random.normal()),
    1,
    2,
  );
  write("addTo", scores);
  return transcript;
}

type Write = (call: string, answer: unknown) => void;

function writeBins(kernels: TreeKernels, slot: number, write: Write): void {
  for (const f of kernels.table.features.keys()) {
    const { gradient, hessian } = kernels.bins(slot, f);
    write(`bins ${slot} ${f}`, [[...gradient], [...hessian]]);
  }
}

/** Writes down the best splits of a leaf; returns the first that there is. */
function writeSplits(
  kernels: TreeKernels,
  call: string,
  found: LeafSplits,
  write: Write,
): BinSplit | undefined {
  let split: BinSplit | undefined;
  for (const [f, feature] of kernels.table.features.entries()) {
    if (found.gain[f] === -Infinity) {
      write(`${call} ${f}`, "none");
      continue;
    }
    const left = new Uint8Array(feature.bins);
    if (feature.kind === "numeric") {
      left.fill(1, 0, found.bin[f]! + 1);
      if (feature.missing) left[feature.bins - 1] = found.missingLeft[f]!;
    } else for (const bin of found.leftBins.subarray(256 * f, 256 * f + found.bin[f]!)) left[bin] = 1;
    write(`${call} ${f}`, [found.gain[f], found.bin[f], [...left], found.gradient[f], found.hessian[f]]);
    split ??= { feature: f, left };
  }
  return split;
}

function sumsOf(kernels: TreeKernels, slot: number): QuantisedSums {
  const { gradient, hessian } = kernels.bins(slot, 0);
  return { gradient: gradient.reduce((a, b) => a + b, 0), hessian: hessian.reduce((a, b) => a + b, 0) };
}

function randomSplit(kernels: TreeKernels, random: Random): BinSplit {
  const feature = random.integer(kernels.table.features.length);
  const { bins } = kernels.table.features[feature]!;
  return { feature, left: Uint8Array.from({ length: bins }, () => random.integer(2)) };
}

function limitsOf(kernels: TreeKernels, random: Random, sums: QuantisedSums, rows: number): ScanLimits {
  const features = kernels.table.features.length;
  const bounded = random.integer(2) === 1;
  const low = random.normal();
  return {
    sums,
    rows,
    l1: [0, 0, 0.01, 2][random.integer(4)]!,
    l2: [0, 1e-3, 1, 1e4][random.integer(4)]!,
    minChildWeight: [0, 1e-3, 2][random.integer(3)]!,
    minChildRows: [0, 1, 2, 5][random.integer(4)]!,
    maxDelta: bounded ? [0, 0.05, 2][random.integer(3)]! : 0,
    lower: bounded && random.integer(2) === 1 ? low : -Infinity,
    upper: bounded && random.integer(2) === 1 ? low + random.uniform() : Infinity,
    monotone:
      bounded && random.integer(2) === 1
        ? Int8Array.from({ length: features }, () => random.integer(3) - 1)
        : undefined,
    allowed: Uint8Array.from({ length: features }, () => Number(random.integer(5) > 0)),
    randomSeed: random.integer(3) === 0 ? random.uint32() : undefined,
    categorical:
      random.integer(4) === 0
        ? undefined
        : {
            oneHot: [2, 4, 20][random.integer(3)]!,
            most: [1, 3, 32][random.integer(3)]!,
            smooth: [0, 1, 10][random.integer(3)]!,
            l2: [0, 10][random.integer(2)]!,
            minRows: [0, 1, 5, 50][random.integer(4)]!,
          },
  };
}
