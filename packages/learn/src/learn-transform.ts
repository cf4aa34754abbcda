export * from "./transform/category/binary-encoder.ts";
export * from "./transform/category/category-cross.ts";
export * from "./transform/category/feature-hasher.ts";
export * from "./transform/category/frequency-encoder.ts";
export * from "./transform/category/hash-source.ts";
export * from "./transform/category/label-encoder.ts";
export * from "./transform/category/murmur-hash.ts";
export * from "./transform/category/one-hot-encoder.ts";
export * from "./transform/category/ordinal-encoder.ts";
export * from "./transform/category/rare-grouper.ts";
export * from "./transform/category/target-encoder.ts";
export * from "./transform/category/target-order-encoder.ts";
export * from "./transform/category/text-input.ts";
export * from "./transform/category/weight-of-evidence.ts";
export type { CategoryOptions } from "./transform/category/category-option.ts";
export type { InfrequentOptions } from "./transform/category/infrequent.ts";
export {
  NUMBER_KINDS,
  numberTransform,
  type LaneFit,
  type LaneState,
  type LaneStates,
  type NumberDef,
} from "./transform/number-transform.ts";
export * from "./transform/registry.ts";
export * from "./transform/scale/standard-scaler.ts";
export type * from "./transform/transform-def.ts";
export * from "./transform/transform.ts";
export * from "./transform/store-transform.ts";
export * from "./transform/chain.ts";
export { takeLabels } from "./transform/cross-fit.ts";
export type { SourceFitOptions } from "./transform/fit-source.ts";
export type { FittedChain } from "./transform/fitted-chain.ts";
export type { FoldOptions } from "./transform/fold-of-rows.ts";
export * from "./transform/graph-feed.ts";
export * from "./transform/graph-input.ts";
export * from "./transform/read-chain.ts";
export * from "./transform/row-rule.ts";
export * from "./transform/rule/drop-missing.ts";
export * from "./transform/rule/registry.ts";
export type { FittedStep, StepLog } from "./transform/step-log.ts";
export * from "./transform/scale/log-transformer.ts";
export * from "./transform/scale/max-abs-scaler.ts";
export * from "./transform/scale/min-max-scaler.ts";
export * from "./transform/scale/normalizer.ts";
export * from "./transform/scale/power-transformer.ts";
export type { QuantileTransformerOptions } from "./transform/scale/quantile-option.ts";
export * from "./transform/scale/quantile-transformer.ts";
export * from "./transform/scale/robust-scaler.ts";
export * from "./transform/audio/index.ts";
export * from "./transform/image/index.ts";
export * from "./transform/sensor/index.ts";
export * from "./transform/text/index.ts";
export * from "./transform/impute/forward-fill.ts";
export * from "./transform/impute/iterative-imputer.ts";
export * from "./transform/impute/knn-imputer.ts";
export * from "./transform/impute/missing-indicator.ts";
export * from "./transform/impute/simple-imputer.ts";
export * from "./transform/outlier/outlier-clipper.ts";
export * from "./transform/outlier/outlier-flag.ts";
export * from "./transform/outlier/remove-outliers.ts";
export type { IterativeImputerOptions } from "./transform/impute/iterative-option.ts";
export type { OutlierOptions } from "./transform/outlier/bound.ts";
export * from "./transform/arithmetic/arithmetic.ts";
export * from "./transform/arithmetic/convert-unit.ts";
export * from "./transform/arithmetic/polynomial-features.ts";
export * from "./transform/arithmetic/unit.ts";
export * from "./transform/bin/fixed-bins.ts";
export * from "./transform/bin/k-bins-discretizer.ts";
export * from "./transform/geo/geo-cell.ts";
export * from "./transform/geo/geo-distance.ts";
export * from "./transform/time/calendar-features.ts";
export * from "./transform/time/recency.ts";
export type { BinEncoding } from "./transform/bin/bin-column.ts";
export type { BinStrategy, QuantileMethod } from "./transform/bin/bin-edge.ts";
export type { BinaryName, Term, UnaryName } from "./transform/arithmetic/term.ts";
export type { CalendarPart } from "./transform/time/calendar-part.ts";
export { zoneTable, type ZoneTable } from "./transform/time/time-zone.ts";
