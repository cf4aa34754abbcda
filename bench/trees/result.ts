import type { Quality } from "./quality.ts";
import type { SideRun } from "./side.ts";

/** Seconds of a side, one for each repeat, and of them the middle and the least; `cpu` is the work of its threads. */
export interface SideTime {
  readonly seconds: readonly number[];
  readonly median: number;
  readonly least: number;
  readonly cpu: number;
}

/** Resident memory in bytes. */
export interface SideMemory {
  /** Of the process at its highest: interpreter, libraries, columns if they are in memory, training. */
  readonly wholeProcess: number;
  /** What interpreter and imports had taken before. */
  readonly imported: number;
  /** The first less the second. */
  readonly aboveImports: number;
}

/** A figure of held-out rows, for each seed. */
export interface QualityPair {
  readonly ours: readonly number[];
  readonly peer: readonly number[];
  /** The mean of ours less the peer's. */
  readonly difference: number;
}

/** Ours against one peer. */
export interface Comparison {
  readonly ours: SideTime;
  readonly peer: SideTime;
  readonly peerName: string;
  /** Our median over the peer's: below 1 we are faster. */
  readonly ratio: number;
  readonly leastRatio: number;
  readonly cpuRatio: number;
  readonly quality: Readonly<Partial<Record<Quality["name"], QualityPair>>>;
  readonly memory: {
    readonly ours: SideMemory;
    readonly peer: SideMemory;
    /** Ours over the peer's. */
    readonly ratio: { readonly wholeProcess: number; readonly aboveImports: number };
  };
}

/** The middle of a list; of an even one the mean of the two. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;
}

/** The arithmetic mean. */
export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

function timeOf(runs: readonly SideRun[]): SideTime {
  const seconds = runs.map((run) => run.seconds);
  const cpu = median(runs.map((run) => run.cpu));
  return { seconds, median: median(seconds), least: Math.min(...seconds), cpu };
}

function memoryOf(runs: readonly SideRun[]): SideMemory {
  const wholeProcess = median(runs.map((run) => run.peak));
  const imported = median(runs.map((run) => run.imported));
  return { wholeProcess, imported, aboveImports: wholeProcess - imported };
}

/** Sums up the runs of both, one for each seed, in the order of seeds. */
export function comparison(own: readonly SideRun[], others: readonly SideRun[]): Comparison {
  const [ours, peer] = [timeOf(own), timeOf(others)];
  const memory = { ours: memoryOf(own), peer: memoryOf(others) };
  const quality = own[0]!.quality.map(({ name }, at): [string, QualityPair] => {
    const [mine, theirs] = [own, others].map((runs) => runs.map((run) => run.quality[at]!.value));
    return [name, { ours: mine!, peer: theirs!, difference: mean(mine!) - mean(theirs!) }];
  });
  return {
    ours,
    peer,
    peerName: others[0]!.version,
    ratio: ours.median / peer.median,
    leastRatio: ours.least / peer.least,
    cpuRatio: ours.cpu / peer.cpu,
    quality: Object.fromEntries(quality),
    memory: {
      ...memory,
      ratio: {
        wholeProcess: memory.ours.wholeProcess / memory.peer.wholeProcess,
        aboveImports: memory.ours.aboveImports / memory.peer.aboveImports,
      },
    },
  };
}
