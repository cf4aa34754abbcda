export type { ForestJob, ForestTree } from "./forest-job.ts";
export { forestGrower } from "./forest-job.ts";
export type { ForestLabels, ForestTargets } from "./forest-label.ts";
export type { ForestClassifier, ForestKind, ForestRegressor } from "./forest-model.ts";
export type { FeatureShare, ForestClassWeights, ForestOptions } from "./forest-option.ts";
export type { ForestCrew, ForestThreads } from "./forest-threads.ts";
export type { ForestFitOptions, ForestProgress } from "./grow-forest.ts";
export type { OutOfBagClasses, OutOfBagNumbers } from "./out-of-bag.ts";
export * from "./random-forest.ts";
