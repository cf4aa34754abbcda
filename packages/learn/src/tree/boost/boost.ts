import type { Tree } from "../tree-ensemble.ts";
import type { BoostSettings } from "./boost-setting.ts";
import type { BoostTarget, OpenObjective } from "./objective/objective.ts";
import { addRound, dartRound, keptRound, walksOf, type BoostRound } from "./round/dart-round.ts";
import { grownRound, type GrownOutput, type RoundPlan } from "./round/grown-round.ts";
import { checkUnderflow } from "./round/check-underflow.ts";
import { judgeOf } from "./round/judge.ts";
import { pauses } from "./round/pause.ts";
import { recordOf } from "./round/record-of.ts";
import type { BoostEnd, RoundProgress, RoundRecord } from "./round/round-record.ts";

/** Rows that are only looked at. */
export interface WatchedRows {
  /** In the bins of the training table's features. */
  readonly bins: readonly Uint8Array[];
  readonly target: BoostTarget;
  /** Where they start; changed. [rows * outputs] */
  readonly scores: Float64Array;
}

/** Who watches a fit. */
export interface BoostWatch {
  /** Interrupts the fit between two rounds: it rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** After each round. Answering "stop" ends the fit as if the round had been its last. */
  readonly onRound?: (record: RoundRecord, progress: RoundProgress) => "stop" | void | Promise<"stop" | void>;
  /** Milliseconds, for progress and turns of others alone. Default `performance.now`. */
  readonly now?: () => number;
}

/** What {@link boost} takes. */
export interface BoostRun extends RoundPlan, BoostWatch {
  /** Where training rows start; changed. [rows * outputs] */
  readonly scores: Float64Array;
  /** Rounds that a model had before this fit. */
  readonly firstRound: number;
  readonly validation?: WatchedRows | undefined;
}

/** What a fit of rounds gives. */
export interface Boosted {
  /** Round after round, those of all outputs in turn. */
  readonly trees: readonly Tree[];
  /** Rounds that are kept. */
  readonly rounds: number;
  /** The round of the best validation result, 0 where none was judged. Counted over continued fits. */
  readonly best: number;
  readonly curves: readonly RoundRecord[];
  readonly ended: BoostEnd;
}

/**
 * Adds trees round after round, each along the derivatives of the loss at the scores so far (J. Friedman, "Greedy Function
 * Approximation: A Gradient Boosting Machine", Ann. Statist. 29, 2001; second derivatives as in T. Chen and C. Guestrin,
 * "XGBoost", KDD 2016). Equal runs give equal trees, whatever the kernels and their threads.
 *
 * @throws TRAINING_DIVERGED naming the round, for derivatives, leaves or results that are no numbers; the signal's reason.
 */
export async function boost(run: BoostRun): Promise<Boosted> {
  const { settings, objective, target, validation, firstRound } = run;
  const { now = () => performance.now(), signal, onRound } = run;
  const pause = pauses(signal, now);
  const began = now();
  const open = objective.open(target);
  const rounds: BoostRound[] = [];
  const curves: RoundRecord[] = [];
  const judge = judgeOf(settings);
  let best = { rounds: 0, factors: [] as number[] };
  let ended: BoostEnd = "rounds";
  while (rounds.length < settings.rounds) {
    await pause();
    const round = firstRound + rounds.length;
    const outputs =
      settings.dart === undefined
        ? plainRound(run, open, round)
        : dartRound(run, open, round, settings.dart, rounds);
    const found = outputs.some(({ tree }) => tree.feature.length > 1);
    if (!found && rounds.length === 0) checkUnderflow(run.kernels, objective, target, run.scores);
    if (!found && isRepeating(settings)) {
      ended = "noSplit";
      break;
    }
    const kept = keptRound(outputs, settings.dart !== undefined);
    rounds.push(kept);
    const record = recordOf(run, round, kept.trees);
    curves.push(record);
    if (validation !== undefined && judge.sees(record))
      best = { rounds: rounds.length, factors: rounds.map(({ factor }) => factor) };
    const seconds = (now() - began) / 1000;
    const done = rounds.length;
    const progress = {
      round: done,
      rounds: settings.rounds,
      seconds,
      secondsLeft: (seconds / done) * (settings.rounds - done),
    };
    if ((await onRound?.(record, progress)) === "stop") {
      ended = "stopped";
      break;
    }
    if (settings.patience !== undefined && rounds.length - best.rounds >= settings.patience) {
      ended = "patience";
      break;
    }
  }
  const last = { rounds: rounds.length, factors: rounds.map(({ factor }) => factor) };
  const kept = settings.keep === "best" && best.rounds > 0 ? best : last;
  return Object.freeze({
    trees: Object.freeze(
      rounds
        .slice(0, kept.rounds)
        .flatMap(({ trees }, at) => trees.map((tree) => scaled(tree, kept.factors[at]!))),
    ),
    rounds: kept.rounds,
    best: judge.best,
    curves: Object.freeze(curves),
    ended,
  });
}

/** Whether a round that found nothing to split would find as little when tried again. */
function isRepeating({ rowShare, goss, dart, featureShare, growth }: BoostSettings): boolean {
  return (
    rowShare >= 1 &&
    dart === undefined &&
    goss === undefined &&
    featureShare >= 1 &&
    growth.featuresByNode === 1 &&
    !growth.extra
  );
}

function scaled(tree: Tree, factor: number): Tree {
  return factor === 1 ? tree : Object.freeze({ ...tree, value: tree.value.map((value) => value * factor) });
}

function plainRound(run: BoostRun, open: OpenObjective, round: number): readonly GrownOutput[] {
  const outputs = grownRound(run, open, round, run.scores, 1);
  if (run.validation !== undefined) addRound(walksOf(outputs), run.validation.bins, run.validation.scores, 1);
  return outputs;
}
