import { predictClasses } from "../../../classifier.ts";
import { matrix } from "../../../matrix.ts";
import { accuracy } from "../../../metric/accuracy.ts";
import { macroF1 } from "../../../metric/classification-report.ts";
import { logLoss } from "../../../metric/log-loss.ts";
import { illegalOption, positiveInteger } from "../../../net/check-option.ts";
import { configured, type Configuration } from "../../../net/configured.ts";
import { gradedNdcg } from "../objective/graded-gain.ts";
import type { BoostTarget, BoostTask } from "../objective/objective.ts";
import { areaUnderRoc } from "./area-under-roc.ts";
import type { BoostMetric } from "./boost-metric.ts";

/** What the k of {@link METRICS} `ndcg` is. */
export interface NdcgOptions {
  /** Places that count. Default 10. */
  readonly k?: number;
}

const labelsOf = ({ y }: BoostTarget) => Int32Array.from(y);
const probabilities = ({ rows }: BoostTarget, predicted: Float64Array) =>
  matrix(rows, predicted.length / rows, predicted);

function classMetric(
  name: string,
  better: BoostMetric["better"],
  of: (target: BoostTarget, predicted: Float64Array) => number,
): () => BoostMetric {
  const metric = Object.freeze<BoostMetric>({
    name,
    better,
    tasks: ["classification"],
    of: (target: BoostTarget, _: Float64Array, predicted: () => Float64Array) => of(target, predicted()),
  });
  return () => metric;
}

function errorMetric(name: string, finish: (mean: number) => number, term: (error: number) => number) {
  const metric = Object.freeze<BoostMetric>({
    name,
    better: "lower",
    tasks: ["regression"],
    of({ y, rows }: BoostTarget, _: Float64Array, predicted: () => Float64Array) {
      const found = predicted();
      let sum = 0;
      for (let row = 0; row < rows; row++) sum += term(y[row]! - found[row]!);
      return finish(sum / rows);
    },
  });
  return () => metric;
}

/** Metrics that plain data may name. */
export const METRICS = {
  accuracy: classMetric("accuracy", "higher", (target, predicted) =>
    accuracy(labelsOf(target), predictClasses(probabilities(target, predicted))),
  ),
  macroF1: classMetric("macroF1", "higher", (target, predicted) =>
    macroF1(labelsOf(target), predictClasses(probabilities(target, predicted)), target.classes),
  ),
  logLoss: classMetric("logLoss", "lower", (target, predicted) =>
    logLoss(labelsOf(target), probabilities(target, predicted)),
  ),
  /** Of two classes: see {@link areaUnderRoc}. */
  areaUnderRoc: (): BoostMetric =>
    Object.freeze<BoostMetric>({
      name: "areaUnderRoc",
      better: "higher",
      tasks: ["classification"],
      of({ y, classes }, scores) {
        if (classes === 2) return areaUnderRoc(y, scores);
        throw illegalOption("metric areaUnderRoc", "classes", "two", String(classes));
      },
    }),
  rootMeanSquaredError: errorMetric("rootMeanSquaredError", Math.sqrt, (error) => error * error),
  meanAbsoluteError: errorMetric("meanAbsoluteError", (mean) => mean, Math.abs),
  ndcg({ k = 10 }: NdcgOptions = {}): BoostMetric {
    positiveInteger("ndcg", "k", k);
    return Object.freeze<BoostMetric>({
      name: `ndcg@${k}`,
      better: "higher",
      tasks: ["ranking"],
      of: ({ y, groups }, scores) => gradedNdcg(y, scores, groups!, k),
    });
  },
} satisfies Record<string, (options: never) => BoostMetric>;

/** `"accuracy"`, or `{ ndcg: { k: 5 } }`. */
export type MetricConfiguration = Configuration<typeof METRICS>;

/** The metric that an option means. @throws DEFINITION_ILLEGAL for one that there is not, or not for the task. */
export function metricOf(
  who: string,
  given: MetricConfiguration | BoostMetric,
  task: BoostTask,
): BoostMetric {
  const own = typeof given === "object" && given !== null && "of" in given;
  const metric = own ? given : configured(`${who}: metric`, METRICS, given);
  if (own) checkMetric(who, metric);
  if (metric.tasks === undefined || metric.tasks.includes(task)) return metric;
  throw illegalOption(who, "metric", `a metric of a ${task}`, metric.name);
}

/** Holds a metric of the user's own to its type. @throws DEFINITION_ILLEGAL naming what is wrong with it. */
function checkMetric(who: string, { name, better, tasks, of }: BoostMetric): void {
  const wrong = (field: string, expected: string, received: unknown) =>
    illegalOption(who, `metric.${field}`, expected, String(received));
  if (typeof name !== "string" || name === "") throw wrong("name", "a name", name);
  if (better !== "higher" && better !== "lower") throw wrong("better", "one of higher, lower", better);
  if (typeof of !== "function") throw wrong("of", "a function", typeof of);
  if (tasks !== undefined && !Array.isArray(tasks)) throw wrong("tasks", "a list of tasks, or none", tasks);
}
