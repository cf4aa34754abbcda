import type { TreeTask } from "./case.ts";

/** How good predictions of held-out rows are: one figure by name, and whether more is better. */
export interface Quality {
  readonly name: "auc" | "logLoss" | "rmse";
  readonly value: number;
}

/**
 * The area under the ROC curve: how often a positive row is scored above a negative one, ties half (the statistic of
 * H. Mann and D. Whitney, 1947).
 */
export function areaUnderRoc(y: Float64Array, scores: Float64Array): number {
  const order = Uint32Array.from(scores, (_, row) => row).sort((a, b) => scores[a]! - scores[b]!);
  let [rankSum, positives] = [0, 0];
  for (let from = 0; from < order.length;) {
    let to = from;
    let own = 0;
    for (; to < order.length && scores[order[to]!] === scores[order[from]!]; to++) own += y[order[to]!]!;
    rankSum += (own * (from + 1 + to)) / 2;
    positives += own;
    from = to;
  }
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * (y.length - positives));
}

/** The figure of a task. */
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
