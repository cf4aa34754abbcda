import {
  accuracyByGroup,
  classificationReport,
  groupBootstrapInterval,
  logLoss,
  predictClasses,
  type ClassificationReport,
  type GroupAccuracy,
  type Interval,
  type Matrix,
} from "@tideline/learn";

/** How good predictions are on labelled rows of people. */
export interface Score extends ClassificationReport {
  readonly logLoss: number;
  /** By pseudonym, so that an erasure finds who was judged. */
  readonly people: readonly GroupAccuracy[];
  /** Of how many those pseudonyms are; reports of before people had several lack it. */
  readonly persons?: number;
  /** 95 % interval of the accuracy, bootstrapped by person; null for fewer than two people. */
  readonly interval: Interval | null;
}

/** Scores probabilities `[rows, classes]` against labels, over all and per pseudonym; the interval is by person. */
export function score(
  y: Int32Array,
  probabilities: Matrix,
  who: { readonly subjects: readonly string[]; readonly people: readonly string[] },
  classes: readonly string[],
): Score {
  const predicted = predictClasses(probabilities);
  const right = (rows: Int32Array): number =>
    rows.reduce((sum, row) => sum + (y[row] === predicted[row] ? 1 : 0), 0) / rows.length;
  const persons = new Set(who.people).size;
  return Object.freeze({
    ...classificationReport(y, predicted, classes),
    logLoss: logLoss(y, probabilities),
    people: accuracyByGroup(y, predicted, who.subjects),
    persons,
    interval: persons < 2 ? null : groupBootstrapInterval(who.people, right, { draws: 500, seed: 1 }),
  });
}
