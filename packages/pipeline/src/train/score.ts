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
  readonly people: readonly GroupAccuracy[];
  /** 95 % interval of the accuracy, bootstrapped by person; null for fewer than two people. */
  readonly interval: Interval | null;
}

/** Scores probabilities `[rows, classes]` against labels, over all and per person. */
export function score(
  y: Int32Array,
  probabilities: Matrix,
  people: readonly string[],
  classes: readonly string[],
): Score {
  const predicted = predictClasses(probabilities);
  const right = (rows: Int32Array): number =>
    rows.reduce((sum, row) => sum + (y[row] === predicted[row] ? 1 : 0), 0) / rows.length;
  const byPerson = accuracyByGroup(y, predicted, people);
  return Object.freeze({
    ...classificationReport(y, predicted, classes),
    logLoss: logLoss(y, probabilities),
    people: byPerson,
    interval: byPerson.length < 2 ? null : groupBootstrapInterval(people, right, { draws: 500, seed: 1 }),
  });
}
