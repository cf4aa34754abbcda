export * from "./baseline.ts";
export type { Classifier, Estimator, TrainingRows } from "./classifier.ts";
export { predictClasses } from "./classifier.ts";
export * from "./drift/assess-drift.ts";
export type { PredictedRows } from "./drift/class-histogram.ts";
export * from "./drift/drift-reference.ts";
export * from "./drift/psi.ts";
export type { Groups } from "./group.ts";
export * from "./lbfgs.ts";
export * from "./logistic-regression.ts";
export * from "./lower.ts";
export * from "./matrix.ts";
export * from "./metric/accuracy.ts";
export * from "./metric/classification-report.ts";
export * from "./metric/confusion-matrix.ts";
export * from "./metric/interval.ts";
export * from "./metric/log-loss.ts";
export * from "./metric/ranking.ts";
export * as nets from "./net/estimator/index.ts";
export type {
  Category,
  Conv1dOptions,
  Conv2dOptions,
  GruNetOptions,
  IdRows,
  IdShape,
  InteractionRows,
  LabelsOf,
  MatrixRows,
  MissingNumbers,
  MlpOptions,
  ModelOf,
  NetClassifier,
  NetConfiguration,
  NetEstimator,
  NetFitOptions,
  NetRegressor,
  NetTrainingFit,
  NetTrainingOptions,
  PopularityModel,
  Recommendations,
  RecommendOptions,
  RegressionLoss,
  ScheduleName,
  SequenceInput,
  SequenceOf,
  Series,
  SeriesRows,
  SeriesShape,
  SideTable,
  Table,
  TableEmbeddingOptions,
  TableEncoding,
  TableModel,
  TableRows,
  Targets,
  Task,
  TaskOptions,
  TextClassifier,
  TextcnnOptions,
  TextRows,
  Tokeniser,
  TokeniserOptions,
  TowerRows,
  TransformerModel,
  TransformerOptions,
  TwoTowerModel,
  TwoTowerOptions,
  Vocabulary,
  VocabularyOptions,
} from "./net/estimator/index.ts";
export * from "./net/index.ts";
export * from "./net/train/index.ts";
export * from "./quantile.ts";
export * from "./random.ts";
export * from "./signal.ts";
export * from "./split.ts";
export * from "./standardise.ts";
