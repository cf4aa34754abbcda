export type { ActivationType } from "./assign.ts";
export type { Calibration, CalibrationMethod } from "./calibrate/observe.ts";
export type { Results, Rows } from "./calibrate/run-row.ts";
export { equalised, UNEVEN } from "./equalise.ts";
export * from "./mixed.ts";
export * from "./factorise/index.ts";
export type { LayerPrecision, LayerReport } from "./precision.ts";
export { preparedForCompression } from "./prepare-model.ts";
export * from "./prune/index.ts";
export { quantiseWeights, type QuantiseWeightsOptions } from "./quantise-weights.ts";
export * from "./quantise.ts";
export * from "./report.ts";
export { compressionText } from "./report-text.ts";
export {
  accuracyScore,
  agreement,
  outputError,
  r2Score,
  type OtherFile,
  type Score,
  type Trial,
} from "./score.ts";
