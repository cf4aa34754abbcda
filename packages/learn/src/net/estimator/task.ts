import { illegalOption, oneOf } from "../check-option.ts";
import { configured, type Configuration } from "../configured.ts";
import { huber } from "../loss/huber.ts";
import type { Loss } from "../loss/loss.ts";
import { mse } from "../loss/mse.ts";
import type { Net } from "../net.ts";
import { checkLabelled, fitNet, type Labels, type NetClassifier, type NetEncoder } from "./net-classifier.ts";
import { checkTargets, fitRegressor, type NetRegressor, type Targets } from "./net-regressor.ts";
import {
  trainingSettings,
  type NetFitOptions,
  type NetTrainingOptions,
  type TrainingSettings,
} from "./training-option.ts";

/** What a net is to say of a row: which class it is of, or a number. */
export type Task = "classification" | "regression";

/** What goes with what is given: classes or numbers. */
export type LabelsOf<T extends Task> = T extends "regression" ? Targets : Labels;

/** What a fit gives. */
export type ModelOf<T extends Task, Given> = T extends "regression"
  ? NetRegressor<Given>
  : NetClassifier<Given>;

/** Losses of numbers; targets are standardised first, so that a Huber delta counts their deviations. */
const REGRESSION_LOSSES = {
  mse: () => mse(),
  huber: ({ delta }: { readonly delta?: number } = {}) => huber(delta === undefined ? {} : { delta }),
};

/** `"mse"`, `"huber"` or `{ huber: { delta: 0.5 } }`. */
export type RegressionLoss = Configuration<typeof REGRESSION_LOSSES>;

/** How an estimator learns, and what. */
export interface TaskOptions<T extends Task = Task> extends NetTrainingOptions {
  /** Default "classification". */
  readonly task?: T;
  /** For a regression; the delta of "huber" counts deviations of the targets. Default "mse". */
  readonly loss?: RegressionLoss;
}

const TASKS = { classification: true, regression: true } satisfies Record<Task, true>;

/** Options with all defaults filled in. */
export interface TaskSettings extends TrainingSettings {
  readonly task: Task;
  /** Of a regression. */
  readonly loss: Loss;
}

/** What a task settles for an estimator that only classifies. */
export const CLASSIFICATION = Object.freeze({ task: "classification" as const, loss: mse() });

/** @throws DEFINITION_ILLEGAL for an option out of range, or one that the task has no use for. */
export function taskSettings(
  who: string,
  options: TaskOptions,
  defaults: { readonly epochs: number; readonly dropout: number },
): TaskSettings {
  const task = oneOf(who, "task", TASKS, options.task ?? "classification");
  const useless = task === "regression" ? (["labelSmoothing", "classWeights"] as const) : (["loss"] as const);
  for (const name of useless)
    if (options[name] !== undefined)
      throw illegalOption(who, name, `none in a ${task}`, JSON.stringify(options[name]));
  const loss = configured(`${who}: loss`, REGRESSION_LOSSES, options.loss ?? "mse");
  return Object.freeze({ ...trainingSettings(who, options, defaults), task, loss });
}

/** A net for rows of a kind, made once the training rows are known. */
export interface TaskPlan<Given> {
  readonly kind: string;
  readonly encoder: NetEncoder<Given>;
  /** @param scores how many a row is given. */
  readonly net: (scores: number) => Net;
  /** What the graph says of itself. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** Rows with what goes with them. */
export interface TaskRows<T extends Task, Given> {
  readonly given: Given;
  readonly labels: LabelsOf<T>;
}

/** Checks labels or targets, and what is given. @throws as `checkTrainingRows`, `checkTargets` and the encoder. */
export function checkTask<T extends Task, Given>(
  who: string,
  { task }: TaskSettings,
  { given, labels }: TaskRows<T, Given>,
  encoder: Pick<NetEncoder<Given>, "count" | "check">,
): void {
  if (task === "regression") checkTargets(who, given, labels as Targets, encoder);
  else checkLabelled(who, given, labels as Labels, encoder);
}

/** Fits a planned net; the training rows were checked by {@link checkTask}, the validation rows are here. */
export async function fitTask<T extends Task, Given>(
  { net, ...rest }: TaskPlan<Given>,
  settings: TaskSettings,
  rows: TaskRows<T, Given>,
  validation: TaskRows<T, Given> | undefined,
  options: NetFitOptions,
): Promise<ModelOf<T, Given>> {
  type Of<L> = { readonly given: Given; readonly labels: L };
  const { task, loss, ...training } = settings;
  if (task === "regression") {
    const plan = { ...rest, net: net(1) };
    const [own, seen] = [rows as Of<Targets>, validation as Of<Targets> | undefined];
    return (await fitRegressor(plan, training, loss, own, seen, options)) as ModelOf<T, Given>;
  }
  const [own, seen] = [rows as Of<Labels>, validation as Of<Labels> | undefined];
  const plan = { ...rest, net: net(own.labels.classes.length) };
  return (await fitNet(plan, training, own, seen, options)) as ModelOf<T, Given>;
}
