import type { TreeTask } from "./case.ts";

/** How good predictions of held-out rows are: a figure by its name. */
export interface Quality {
  readonly name: "auc" | "logLoss" | "rmse";
  readonly value: number;
}

/**
 * The area under the ROC curve from the ranks of rows, equals sharing theirs (H. Mann and D. Whitney, 1947). Its own, and
 * not the library's: what is compared must not judge itself.
 */
function areaUnderRoc(y: Float64Array, predicted: Float64Array): number {
  const order = Float64Array.from(predicted).sort();
  const positives = y.reduce((sum, label) => sum + label, 0);
  let ranks = 0;
  for (const [row, label] of y.entries())
    if (label === 1)
      ranks += (below(order, predicted[row]!, false) + below(order, predicted[row]!, true) + 1) / 2;
  return (ranks - (positives * (positives + 1)) / 2) / (positives * (y.length - positives));
}

/** How many of the ascending numbers are smaller than a value, or `orEqual`. */
function below(order: Float64Array, value: number, orEqual: boolean): number {
  let [from, to] = [0, order.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (order[middle]! < value || (orEqual && order[middle] === value)) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** The figures of a task. */
export function qualityOf(
  task: TreeTask,
  classes: number,
  y: Float64Array,
  predicted: Float64Array,
): readonly Quality[] {
  if (task === "regression") {
    const squares = y.reduce((sum, value, row) => sum + (value - predicted[row]!) ** 2, 0);
    return [{ name: "rmse", value: Math.sqrt(squares / y.length) }];
  }
  const logLoss = y.reduce((sum, label, row) => {
    const one = task === "binary" ? predicted[row]! : predicted[row * classes + label]!;
    const probability = task === "binary" && label === 0 ? 1 - one : one;
    return sum - Math.log(Math.max(Number.EPSILON, probability)) / y.length;
  }, 0);
  const loss: Quality = { name: "logLoss", value: logLoss };
  return task === "binary" ? [{ name: "auc", value: areaUnderRoc(y, predicted) }, loss] : [loss];
}
