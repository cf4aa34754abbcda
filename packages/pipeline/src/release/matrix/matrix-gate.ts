import { tidelineError } from "@tideline/spec";
import { PARITY_TOLERANCE } from "../parity-tolerance.ts";
import type { AnswerKind } from "./compare-answer.ts";
import type { ParityCell, ParityMatrix } from "./matrix-report.ts";
import type { ArtifactNumbers } from "./model-artifact.ts";

/** What the gate lets pass beside {@link PARITY_TOLERANCE}. */
export const MATRIX_TOLERANCE = Object.freeze({
  /** Share of held-out decisions, or of numbers within a thousandth, that a tree's runtimes share; every larger difference besides is traced to a bound. */
  trees: 0.999,
  /** What the metric may lose in an artifact of rounded numbers: one point. */
  metric: 0.01,
  /** Decisions that it shares, so that even without labels no metric loses more than a point. */
  rounded: 0.99,
  /**
   * Root mean square of an output's differences over its standard deviation, in artifacts of rounded numbers. Half a step of 8
   * bits over a range of six deviations is 0.007 of one; layers add theirs up. Sample nets are at 0.04.
   */
  deviation: Object.freeze({ float16: 5e-3, int8: 0.15 }),
});

/** What differences of two shares of the same rows are off by, as float64 numbers. */
const SHARE_ROUNDING = 1e-12;

interface CellRule {
  readonly numbers: ArtifactNumbers;
  readonly kind: AnswerKind;
  readonly trees: boolean;
  /** Adversarial rows whose larger difference the graph's own rounding does not explain. */
  readonly unexplained: number;
  /** Held-out rows, likewise. */
  readonly unexplainedHeld: number;
}

/** A figure for a sentence, fine enough that it is still beyond what it is held against. */
const shown = (value: number): number => Number(value.toPrecision(6));

/** Why a cell does not pass. */
export function cellFaults(
  { heldOut, adversarial, untraced }: Omit<ParityCell, "faults">,
  { numbers, kind, trees, unexplained, unexplainedHeld }: CellRule,
): readonly string[] {
  const faults: string[] = [];
  const demand = (holds: boolean, fault: string): void => void (holds || faults.push(fault));
  demand(heldOut.unanswered === 0, `${heldOut.unanswered} held-out rows have no answer that is a number`);
  if (numbers !== "exact") {
    const { deviation, metricDifference, agreement } = heldOut;
    const most = MATRIX_TOLERANCE.deviation[numbers];
    demand(deviation <= most, `outputs deviate by ${shown(deviation)} of their spread, more than ${most}`);
    if (kind !== "numbers" && metricDifference === null)
      demand(
        agreement >= MATRIX_TOLERANCE.rounded,
        `${shown(agreement)} of decisions are the graph's, less than ${MATRIX_TOLERANCE.rounded}`,
      );
    if (kind !== "numbers" && metricDifference !== null)
      demand(
        metricDifference >= -MATRIX_TOLERANCE.metric - SHARE_ROUNDING,
        `accuracy changes by ${shown(metricDifference)}, more than a point`,
      );
    return faults;
  }
  if (trees) {
    demand(
      heldOut.agreement >= MATRIX_TOLERANCE.trees,
      `${shown(heldOut.agreement)} of ${kind === "numbers" ? "answers" : "decisions"} are the graph's, less than ${MATRIX_TOLERANCE.trees}`,
    );
    demand(untraced === 0, `${untraced} larger differences are at no threshold of a tree`);
    return faults;
  }
  const { probability, feature } = PARITY_TOLERANCE;
  demand(
    heldOut.difference <= probability,
    `answers differ by ${shown(heldOut.difference)}, more than ${probability}`,
  );
  demand(
    heldOut.feature <= feature || unexplainedHeld === 0,
    `other outputs differ by ${shown(heldOut.feature)}, more than ${feature}`,
  );
  demand(
    unexplained === 0,
    `${unexplained} adversarial rows differ by up to ${shown(Math.max(adversarial.difference, adversarial.feature))}, more than last bits explain`,
  );
  return faults;
}

/** What to do about cells that do not pass. */
function remedyOf({ artifacts }: ParityMatrix, bad: readonly ParityCell[]): string {
  if (bad.every(({ heldOut }) => heldOut.unanswered > 0))
    return "The model itself answers NaN to these rows, as a net does to missing cells: fill them in the graph (simpleImputer), or in the rows that it is held against.";
  const isRounded = ({ artifact }: ParityCell): boolean =>
    artifacts.some(({ kind, numbers }) => kind === artifact && numbers !== "exact");
  if (bad.every(isRounded))
    return "Fewer bits cost this model too much: leave these kinds out, or keep its dearest layers wider (tideline compress).";
  return "Find the first operator on which they differ; what differs is not released.";
}

/**
 * Gives a matrix back that passes: no cell has a fault.
 *
 * @param kinds artifacts that are released, each of which must have run; the cells of all that ran count
 * @throws PARITY_FAILED
 */
export function requireMatrix(matrix: ParityMatrix, kinds: readonly string[] = []): ParityMatrix {
  const bad = matrix.cells.filter(({ faults }) => faults.length > 0);
  if (bad.length > 0)
    throw tidelineError("PARITY_FAILED", {
      who: `graph ${matrix.graph.slice(0, 12)}`,
      expected: "artifacts that answer as the graph does",
      received: bad
        .slice(0, 8)
        .map(({ artifact, runtime, faults }) => `${artifact} on ${runtime}: ${faults.join(", ")}`)
        .join("; "),
      remedy: remedyOf(matrix, bad),
    });
  const unrun = kinds.filter((kind) => !matrix.cells.some(({ artifact }) => artifact === kind));
  if (unrun.length === 0 && matrix.cells.length > 0) return matrix;
  throw tidelineError("PARITY_FAILED", {
    who: `graph ${matrix.graph.slice(0, 12)}`,
    expected: "a runtime here that ran each artifact",
    received: `none that ran ${unrun.join(", ") || "anything"}`,
  });
}
