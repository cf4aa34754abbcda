import { median } from "../trees/result.ts";
import type { PreparationCase, PreparationSide } from "./case.ts";
import type { SideRun, TimedRun } from "./message.ts";

/** Medians of a side over its repeats. */
export interface SideFigures {
  readonly side: PreparationSide;
  readonly version: string;
  /** Of the job, each repeat. */
  readonly seconds: readonly number[];
  readonly median: number;
  readonly cpu: number;
  /** Seconds of the whole process. */
  readonly whole: number;
  /** Bytes of the whole process at its highest. */
  readonly peak: number;
}

/** A case, all sides. Ratios are ours over the least of the peers', each figure for itself. */
export interface PreparationResult {
  readonly case: string;
  readonly rows: number;
  readonly growth: number;
  readonly ours: SideFigures;
  readonly peers: readonly SideFigures[];
  readonly fastest: PreparationSide;
  readonly ratio: number;
  readonly wholeRatio: number;
  readonly memoryRatio: number;
  /** Sums that differ by more than the tolerance; a time of another result would be no figure. */
  readonly differences: readonly string[];
}

function figuresOf(side: PreparationSide, runs: readonly TimedRun[]): SideFigures {
  const seconds = runs.map((run) => run.seconds);
  return {
    side,
    version: runs[0]!.version,
    seconds,
    median: median(seconds),
    cpu: median(runs.map((run) => run.cpu)),
    whole: median(runs.map((run) => run.whole)),
    peak: median(runs.map((run) => run.peak)),
  };
}

/** Names the sums in which ours and a peer's differ, or which one of them lacks. */
function differencesOf(
  given: PreparationCase,
  ours: SideRun["digest"],
  side: PreparationSide,
  peer: SideRun["digest"],
): string[] {
  const names = new Set([...Object.keys(ours), ...Object.keys(peer)]);
  return [...names].flatMap((name) => {
    const [mine, theirs] = [ours[name], peer[name]];
    if (mine === undefined || theirs === undefined)
      return [`${name}: only ${mine === undefined ? side : "ours"} has it`];
    const near = Math.abs(mine - theirs) <= given.tolerance * Math.max(Math.abs(theirs), 1e-12);
    return near ? [] : [`${name}: ours ${mine}, ${side} ${theirs}`];
  });
}

/** Sums up the runs of all sides, one for each repeat. */
export function comparePreparation(
  given: PreparationCase,
  growth: number,
  runs: ReadonlyMap<PreparationSide, readonly TimedRun[]>,
): PreparationResult {
  const own = runs.get("ours")!;
  const ours = figuresOf("ours", own);
  const others = [...runs].filter(([side]) => side !== "ours");
  const peers = others.map(([side, all]) => figuresOf(side, all));
  const answers = others.flatMap(([side, [first]]) =>
    [first!.digest, ...first!.others].map((digest) => ({ side, digest })),
  );
  const least = (of: (figures: SideFigures) => number): number => Math.min(...peers.map(of));
  return {
    case: given.name,
    rows: Math.round(given.rows * growth),
    growth,
    ours,
    peers,
    fastest: peers.find((peer) => peer.median === least((figures) => figures.median))!.side,
    ratio: ours.median / least((figures) => figures.median),
    wholeRatio: ours.whole / least((figures) => figures.whole),
    memoryRatio: ours.peak / least((figures) => figures.peak),
    differences: [...own[0]!.others.map((digest) => ({ side: "ours" as const, digest })), ...answers].flatMap(
      (one) => differencesOf(given, own[0]!.digest, one.side, one.digest),
    ),
  };
}
