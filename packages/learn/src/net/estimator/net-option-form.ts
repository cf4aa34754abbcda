import { ACTIVATIONS } from "../layer/activation.ts";
import type { Conv1dOptions } from "./conv1d.ts";
import type { Conv2dOptions } from "./conv2d.ts";
import type { GruNetOptions } from "./gru.ts";
import type { MlpOptions } from "./mlp.ts";
import { eitherForm, FORMS, listForm, namedForm, recordForm, type OptionForm } from "./option-form.ts";
import type { TableEmbeddingOptions } from "./table-embedding.ts";
import type { TaskOptions } from "./task.ts";
import type { TextcnnOptions } from "./textcnn.ts";
import type { TokeniserOptions } from "./tokeniser.ts";
import type { NetTrainingOptions } from "./training-option.ts";
import type { TransformerOptions } from "./transformer.ts";
import type { TwoTowerOptions } from "./two-tower.ts";

/** A form for every option; one that is missing does not compile. */
type FormsOf<Options> = { readonly [Name in keyof Required<Options>]: OptionForm };

/** The options of an estimator as plain data, and those that it must be told. */
export interface EstimatorForms<Options> {
  readonly forms: FormsOf<Options>;
  readonly needed: readonly (keyof Options & string)[];
}

const { count, whole, integer, positive, notNegative, share, truth, text } = FORMS;
const counts = listForm(count);
const activation = namedForm(...Object.keys(ACTIVATIONS));

const training: FormsOf<NetTrainingOptions> = {
  epochs: count,
  batch: count,
  rate: positive,
  decay: notNegative,
  schedule: namedForm("constant", "cosine", "oneCycle", "plateau"),
  labelSmoothing: share,
  dropout: share,
  clip: positive,
  classWeights: eitherForm(namedForm("balanced"), listForm(notNegative)),
  earlyStopping: recordForm(
    { patience: count, minDelta: notNegative, monitor: namedForm("loss", "metric") },
    ["patience"],
  ),
  seed: integer,
};

const task: FormsOf<TaskOptions> = {
  ...training,
  task: namedForm("classification", "regression"),
  loss: eitherForm(
    namedForm("mse", "huber"),
    recordForm({ mse: recordForm({}) }, ["mse"]),
    recordForm({ huber: recordForm({ delta: positive }) }, ["huber"]),
  ),
};

const tokens = recordForm({
  unit: namedForm("word", "character"),
  length: count,
  minimumCount: count,
  vocabulary: count,
} satisfies FormsOf<TokeniserOptions>);

const series = { shape: listForm(count, 2), lengths: truth };
const { labelSmoothing: _, classWeights: __, ...unlabelled } = training;

/** What each estimator may be told, as data: messages and checks of {@link netFrom} come from it. */
export const NET_OPTION_FORMS = {
  mlp: { forms: { ...task, hidden: counts, activation }, needed: [] } satisfies EstimatorForms<MlpOptions>,
  conv1d: {
    forms: {
      ...task,
      shape: listForm(count, 2),
      channels: counts,
      size: eitherForm(count, counts),
      stride: count,
      normalise: truth,
      vectors: listForm(listForm(whole)),
      centred: truth,
      statistics: truth,
      spectrum: truth,
      pool: namedForm("mean", "max", "both"),
      units: whole,
    },
    needed: ["shape"],
  } satisfies EstimatorForms<Conv1dOptions>,
  conv2d: {
    forms: {
      ...task,
      shape: listForm(count, 3),
      channels: counts,
      depth: count,
      size: count,
      separable: truth,
      normalise: truth,
      pool: namedForm("flatten", "mean"),
      units: whole,
    },
    needed: ["shape"],
  } satisfies EstimatorForms<Conv2dOptions>,
  gru: {
    forms: {
      ...task,
      ...series,
      units: counts,
      bidirectional: truth,
      pool: namedForm("last", "mean", "max"),
    },
    needed: ["shape"],
  } satisfies EstimatorForms<GruNetOptions>,
  textcnn: {
    forms: { ...training, tokens, embedding: count, sizes: counts, channels: count },
    needed: [],
  } satisfies EstimatorForms<TextcnnOptions>,
  transformer: {
    forms: {
      ...task,
      input: eitherForm(
        recordForm({ series: recordForm(series, ["shape"]) }, ["series"]),
        recordForm({ ids: recordForm({ length: count, entries: count }, ["length", "entries"]) }, ["ids"]),
        recordForm({ text: tokens }, ["text"]),
      ),
      width: count,
      heads: count,
      depth: count,
      hidden: count,
      position: namedForm("sine", "trained", "none"),
      pool: namedForm("mean", "max"),
    },
    needed: ["input"],
  } satisfies EstimatorForms<TransformerOptions>,
  tableEmbedding: {
    forms: {
      ...task,
      categorical: listForm(text),
      numeric: listForm(text),
      missing: namedForm("refuse", "mean", "indicate"),
      minimumCount: count,
      vocabulary: count,
      embedding: count,
      bins: whole,
      hidden: counts,
      activation,
      normalise: truth,
    },
    needed: [],
  } satisfies EstimatorForms<TableEmbeddingOptions>,
  twoTower: {
    forms: {
      ...unlabelled,
      embedding: count,
      size: count,
      hidden: counts,
      temperature: positive,
      correction: truth,
      minimumCount: count,
    },
    needed: [],
  } satisfies EstimatorForms<TwoTowerOptions>,
};
