export type { ForestJob, ForestTree } from "./forest-job.ts";
export { forestGrower } from "./forest-job.ts";
export type { ForestLabels, ForestTargets, RowWeights } from "./forest-label.ts";
export {
  forestClassifier,
  forestRegressor,
  type ForestClassifier,
  type ForestClassifierParts,
  type ForestKind,
  type ForestRegressor,
  type ForestRegressorParts,
} from "./forest-model.ts";
export type { FeatureShare, ForestClassWeights, ForestOptions } from "./forest-option.ts";
export type { ForestCrew, ForestThreads } from "./forest-threads.ts";
export type { ForestProgress, ForestWatch } from "./forest-watch.ts";
export type { ForestFitOptions } from "./grow-forest.ts";
export type { OutOfBagClasses, OutOfBagNumbers } from "./out-of-bag.ts";
export { lowerForest } from "./lower-forest.ts";
export * from "./random-forest.ts";
export * from "./isolation-forest.ts";
export {
  isolationModel,
  lowerIsolation,
  type IsolationModel,
  type IsolationParts,
} from "./isolation-model.ts";
