import type { FittedRowRule } from "./row-rule.ts";
import type { FittedTransform } from "./transform.ts";

/** What a step of a chain did to the training rows. */
export interface StepLog {
  readonly step: number;
  readonly kind: string;
  readonly rowsIn: number;
  readonly rowsOut: number;
  /** Why rows went, with how many. */
  readonly why: Readonly<Record<string, number>>;
  /** Columns that it read. */
  readonly columnsIn: readonly string[];
  /** Columns that it wrote. */
  readonly columnsOut: readonly string[];
}

/** A fitted step of a chain. */
export type FittedStep = FittedTransform | FittedRowRule;

/** Whether a fitted step is a rule. */
export function isFittedRule(step: FittedStep): step is FittedRowRule {
  return "rule" in step;
}

/** The line of a step. */
export function stepLog(
  at: number,
  step: FittedStep,
  rowsIn: number,
  rowsOut: number,
  why: Readonly<Record<string, number>>,
): StepLog {
  const names = (schema: FittedStep["inputs"]) => Object.freeze(schema.map(({ name }) => name));
  return Object.freeze({
    step: at,
    kind: step.kind,
    rowsIn,
    rowsOut,
    why,
    columnsIn: names(step.inputs),
    columnsOut: isFittedRule(step) ? Object.freeze([]) : names(step.outputs),
  });
}
