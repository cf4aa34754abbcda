import { join } from "node:path";
import { ROWS, type NnCase } from "./case.ts";
import { startChild, type Child } from "../side/child.ts";
import { writeData } from "./data-file.ts";
import type { ChildCall, ChildReply } from "./message.ts";

type Side = Child<ChildCall, ChildReply>;

/** How a case is compared. */
export interface CompareOptions {
  readonly python: string;
  readonly threads: number;
  readonly rounds: number;
  /** Seconds of a block of steps of one side, about. */
  readonly blockSeconds: number;
  /** A folder for the rows and the first parameters. */
  readonly folder: string;
  readonly fused: boolean;
}

/** Resident memory in bytes: at its highest, and above what the import of the libraries had taken already. */
export interface Memory {
  readonly peak: number;
  readonly imported: number;
  readonly aboveImport: number;
}

/** Seconds that a step takes of one side: by the clock, and as the work of its threads together. */
export interface StepSeconds {
  /** What a run of many steps takes: with the pauses of garbage collection, which the median leaves out. */
  readonly mean: number;
  readonly median: number;
  readonly least: number;
  readonly cpu: number;
}

/** One case against one peer, over all steps of all rounds. */
export interface NnResult {
  readonly case: string;
  readonly ours: StepSeconds;
  readonly peer: StepSeconds;
  readonly peerName: string;
  /** The peer's time over ours: above 1 we are faster. None of them alone is the speed. */
  readonly ratio: StepSeconds;
  readonly memory: { readonly ours: Memory; readonly peer: Memory };
  readonly threads: number;
  readonly rounds: number;
  readonly steps: number;
  /** Largest relative difference of the losses of the first steps, from equal parameters on equal rows. */
  readonly lossDifference: number;
  /** Losses of the first and the last timed step. */
  readonly losses: {
    readonly ours: readonly [number, number];
    readonly peer: readonly [number, number];
  };
}

/** Steps whose losses are compared; Adam turns rounding into whole steps where a gradient is near 0, so only a few. */
const COMPARED_STEPS = 5;

/** Steps before the first that is timed: both sides compile and settle their memory. */
const WARM_STEPS = 64;

/** Steps of a block are a multiple of this, so that none ends within a call of several. */
const EVEN_STEPS = 16;

/** Losses may differ by so much, relatively: a wrong gradient is off by more at the second step. */
const LOSS_TOLERANCE = 1e-3;

const median = (list: readonly number[]): number => list.toSorted((a, b) => a - b)[list.length >> 1]!;

function stepSeconds(runs: readonly ChildReply["run"][]): StepSeconds {
  const seconds = runs.flatMap((run) => run.seconds);
  const cpu = runs.reduce((sum, run) => sum + run.cpu, 0);
  const mean = seconds.reduce((sum, one) => sum + one, 0) / seconds.length;
  return { mean, median: median(seconds), least: Math.min(...seconds), cpu: cpu / seconds.length };
}

function memoryOf({ imported }: ChildReply["open"], peak: number): Memory {
  return { peak, imported, aboveImport: peak - imported };
}

async function lossDifference(own: Side, peer: Side): Promise<number> {
  const ours = await own.ask({ do: "losses", steps: COMPARED_STEPS });
  const theirs = await peer.ask({ do: "losses", steps: COMPARED_STEPS });
  return Math.max(
    ...ours.losses.map((loss, at) => Math.abs(loss - theirs.losses[at]!) / Math.abs(theirs.losses[at]!)),
  );
}

/**
 * Trains a case on both sides, each in a process of its own, block by block in turn.
 *
 * @throws Error when the losses of the first steps disagree, a side does not learn, or a process dies.
 */
export async function compareCase(given: NnCase, options: CompareOptions): Promise<NnResult> {
  const { python, threads, rounds, blockSeconds, folder, fused } = options;
  const data = join(folder, `${given.name}.data`);
  writeData(data, given);
  const { name, batch, dims } = given;
  const parameters = join(folder, `${name}.parameters`);
  const opening = {
    do: "open",
    case: name,
    batch,
    dims,
    rows: ROWS,
    threads,
    data,
    parameters,
    fused,
  } as const;
  const own: Side = startChild(process.execPath, [join(import.meta.dirname, "own.ts")]);
  const peer: Side = startChild(python, [join(import.meta.dirname, "peer.py")], {
    OMP_NUM_THREADS: String(threads),
  });
  try {
    // The peer first: its parameters are ours too.
    const theirs = await peer.ask(opening);
    const opened = await own.ask(opening);
    const difference = await lossDifference(own, peer);
    if (!(difference <= LOSS_TOLERANCE))
      throw new Error(`${name}: the losses of the first steps differ by ${difference}, relatively`);

    const sides = [own, peer] as const;
    const [trial] = [
      await own.ask({ do: "run", steps: WARM_STEPS }),
      await peer.ask({ do: "run", steps: WARM_STEPS }),
    ];
    const steps =
      EVEN_STEPS * Math.max(1, Math.min(125, Math.round(blockSeconds / median(trial.seconds) / EVEN_STEPS)));
    const runs: ChildReply["run"][][] = [[], []];
    for (let round = 0; round < rounds; round += 1)
      for (const at of round % 2 === 0 ? [0, 1] : [1, 0])
        runs[at]!.push(await sides[at]!.ask({ do: "run", steps }));
    const [ours, theirSeconds] = [stepSeconds(runs[0]!), stepSeconds(runs[1]!)];
    const losses = runs.map((list) => [list[0]!.first, list.at(-1)!.last] as const);
    for (const [at, [first, last]] of losses.entries())
      if (!(last < first))
        throw new Error(`${name}: ${["ours", "the peer"][at]} does not learn: ${first} to ${last}`);
    return {
      case: name,
      ours,
      peer: theirSeconds,
      peerName: `${theirs.version} ${fused ? "fused" : "eager"} Adam`,
      ratio: {
        mean: theirSeconds.mean / ours.mean,
        median: theirSeconds.median / ours.median,
        least: theirSeconds.least / ours.least,
        cpu: theirSeconds.cpu / ours.cpu,
      },
      memory: {
        ours: memoryOf(opened, runs[0]!.at(-1)!.peak),
        peer: memoryOf(theirs, runs[1]!.at(-1)!.peak),
      },
      threads,
      rounds,
      steps,
      lossDifference: difference,
      losses: { ours: losses[0]!, peer: losses[1]! },
    };
  } finally {
    await Promise.all([own.end(), peer.end()]);
  }
}
