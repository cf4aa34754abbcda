export * from "./conv1d.ts";
export * from "./conv2d.ts";
export * from "./mlp.ts";
export type { NetClassifier, NetEstimator, NetTrainingFit } from "./net-classifier.ts";
export * from "./textcnn.ts";
export * from "./tokeniser.ts";
export type { NetFitOptions, NetTrainingOptions, ScheduleName } from "./training-option.ts";
