import { areaUnderRoc } from "@tideline/learn/tree";
import type { TreeTask } from "./case.ts";

/** How good predictions of held-out rows are: a figure by its name. */
export interface Quality {
  readonly name: "auc" | "logLoss" | "rmse";
  readonly value: number;
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
