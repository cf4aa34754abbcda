import type { CaseAnswers } from "./case-runtime.ts";
import type { BenchmarkArtifact, BenchmarkPlan } from "./plan.ts";

/** Answers of all rows against the vectors, in spreads of their outputs. */
export interface AnswerCheck {
  readonly rows: number;
  readonly wrong: number;
  readonly most: number;
  readonly rms: number;
  /** Outputs of the plan that the model does not give: an answer that is not there is not right. */
  readonly missing: readonly string[];
  readonly holds: boolean;
}

/** Standard deviation of an output's numbers; their size where all are alike, and 1 where they are nothing. */
function spreadOf(values: readonly number[]): number {
  let mean = 0;
  let size = 0;
  for (const value of values) {
    mean += value / values.length;
    size = Math.max(size, Math.abs(value));
  }
  let square = 0;
  for (const value of values) square += (value - mean) ** 2 / values.length;
  const spread = Math.sqrt(square);
  return spread > 1e-6 * size ? spread : size || 1;
}

/**
 * Holds answers against the vectors of a plan, or against the file's own where the plan has some. A model that lacks an output of the plan answers every row wrongly.
 *
 * @param answers row by row
 */
export function checkAnswers(
  plan: BenchmarkPlan,
  { bound, answers: own }: Pick<BenchmarkArtifact, "bound" | "answers">,
  outputs: readonly string[],
  answers: readonly CaseAnswers[],
): AnswerCheck {
  const wrong = new Set<number>();
  let [most, worst] = [0, 0];
  const missing = plan.outputs.map(({ name }) => name).filter((name) => outputs.indexOf(name) < 0);
  for (const { name, width } of plan.outputs) {
    if (missing.indexOf(name) >= 0) continue;
    const expected = own?.[name] ?? plan.vectors.outputs[name]!;
    const spread = spreadOf(expected);
    let square = 0;
    for (let row = 0; row < plan.rows; row++) {
      const found = answers[row]![name];
      for (let at = 0; at < width; at++) {
        const value = found === undefined || found.length !== width ? Number.NaN : Number(found[at]);
        const right = expected[row * width + at]!;
        const apart = Math.abs(value - right) / Math.max(spread, Math.abs(right));
        const far = Number.isNaN(apart) ? Number.POSITIVE_INFINITY : apart;
        most = Math.max(most, far);
        square += far * far;
        if (far > bound.spreads && bound.of === "most") wrong.add(row);
      }
    }
    worst = Math.max(worst, Math.sqrt(square / (plan.rows * width)));
  }
  const isWhole = plan.outputs.length > 0 && missing.length === 0;
  const holds = isWhole && (bound.of === "most" ? wrong.size === 0 : worst <= bound.spreads);
  const count = holds ? 0 : isWhole && wrong.size > 0 ? wrong.size : plan.rows;
  return { rows: plan.rows, wrong: count, most, rms: worst, missing, holds };
}

/** Answers as numbers of their own, since a runtime may use their memory again. */
export function keepAnswers(answers: CaseAnswers, outputs: readonly string[]): CaseAnswers {
  const kept: Record<string, Float64Array> = {};
  for (const name of outputs) kept[name] = Float64Array.from(answers[name]!, Number);
  return kept;
}

/** Whether a timed call answered as the same runtime did when it was checked. Threads and fused sums may move last bits. */
export function isSameAnswer(kept: CaseAnswers, found: CaseAnswers, outputs: readonly string[]): boolean {
  for (const name of outputs) {
    const [left, right] = [kept[name]!, found[name]];
    if (right === undefined || right.length !== left.length) return false;
    for (let at = 0; at < left.length; at++) {
      const [value, other] = [Number(left[at]), Number(right[at])];
      if (!(Math.abs(value - other) <= 1e-5 * Math.max(1, Math.abs(value)))) return false;
    }
  }
  return true;
}
