import type { Indices } from "../matrix.ts";
import { confusionMatrix } from "./confusion-matrix.ts";

/** How one class fared. */
export interface ClassReport {
  readonly name: string;
  /** Right among those predicted as this class; 0 when none was predicted. */
  readonly precision: number;
  /** Right among those of this class; 0 when there is none. */
  readonly recall: number;
  /** Harmonic mean of precision and recall; 0 when both are 0. */
  readonly f1: number;
  /** Rows of this class. */
  readonly support: number;
}

/** Counts and rates of a set of predictions. */
export interface ClassificationReport {
  readonly rows: number;
  readonly accuracy: number;
  readonly macroF1: number;
  readonly classes: readonly ClassReport[];
  /** `[true class][predicted class]` */
  readonly confusion: readonly (readonly number[])[];
}

/**
 * Precision, recall, F1 and support of each class, with accuracy, macro F1 and the confusion matrix.
 *
 * A rate without a denominator is 0 (scikit-learn's `zero_division=0`). Macro F1 is the mean over the classes that
 * occur in the truth or in the predictions, as scikit-learn's `f1_score(average="macro")` does by default: a class
 * that nobody saw and nobody predicted neither helps nor harms.
 *
 * @throws ARGUMENT_INVALID as {@link confusionMatrix}.
 * @example
 * classificationReport([0, 1, 1], [0, 1, 0], ["rest", "move"]).macroF1; // 0.666...
 */
export function classificationReport(
  y: Indices,
  predicted: Indices,
  classes: readonly string[],
): ClassificationReport {
  const confusion = confusionMatrix(y, predicted, classes.length);
  const reports: ClassReport[] = [];
  let right = 0;
  let sum = 0;
  let occurring = 0;
  for (const [k, name] of classes.entries()) {
    const hits = confusion[k]![k]!;
    const support = confusion[k]!.reduce((total, count) => total + count, 0);
    const claimed = confusion.reduce((total, row) => total + row[k]!, 0);
    const f1 = rate(2 * hits, support + claimed);
    reports.push(
      Object.freeze({ name, precision: rate(hits, claimed), recall: rate(hits, support), f1, support }),
    );
    right += hits;
    if (support + claimed > 0) {
      occurring++;
      sum += f1;
    }
  }
  return Object.freeze({
    rows: y.length,
    accuracy: right / y.length,
    macroF1: sum / occurring,
    classes: Object.freeze(reports),
    confusion,
  });
}

/** Macro F1 alone; see {@link classificationReport}. */
export function macroF1(y: Indices, predicted: Indices, classCount: number): number {
  const names = Array.from({ length: classCount }, (_, k) => String(k));
  return classificationReport(y, predicted, names).macroF1;
}

function rate(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
