export * from "./learn-transform-column.ts";
export type { OptionForm } from "./net/estimator/option-form.ts";
export * from "./transform/arithmetic/arithmetic.ts";
export * from "./transform/arithmetic/convert-unit.ts";
export * from "./transform/arithmetic/polynomial-features.ts";
export type { BinaryName, Term, UnaryName } from "./transform/arithmetic/term.ts";
export * from "./transform/arithmetic/unit.ts";
export * from "./transform/audio/index.ts";
export type { BinEncoding } from "./transform/bin/bin-column.ts";
export type { BinStrategy, QuantileMethod } from "./transform/bin/bin-edge.ts";
export * from "./transform/bin/fixed-bins.ts";
export * from "./transform/bin/k-bins-discretizer.ts";
export * from "./transform/category/category-cross.ts";
export * from "./transform/category/feature-hasher.ts";
export * from "./transform/category/hash-source.ts";
export * from "./transform/category/label-encoder.ts";
export * from "./transform/category/murmur-hash.ts";
export * from "./transform/category/target-encoder.ts";
export * from "./transform/category/target-order-encoder.ts";
export * from "./transform/category/text-input.ts";
export * from "./transform/category/weight-of-evidence.ts";
export * from "./transform/convert/cast.ts";
export { takeLabels } from "./transform/cross-fit.ts";
export * from "./transform/custom/custom-transform.ts";
export type { TransformVector } from "./transform/custom/transform-vector.ts";
export * from "./transform/geo/geo-cell.ts";
export * from "./transform/geo/geo-distance.ts";
export * from "./transform/geo/great-circle.ts";
export type { PlaceCellOptions } from "./transform/geo/place-cells.ts";
export * from "./transform/graph-feed.ts";
export * from "./transform/graph-input.ts";
export * from "./transform/graph-transform.ts";
export * from "./transform/image/index.ts";
export * from "./transform/impute/iterative-imputer.ts";
export type { IterativeImputerOptions } from "./transform/impute/iterative-option.ts";
export * from "./transform/impute/knn-imputer.ts";
export {
  NUMBER_KINDS,
  numberTransform,
  type LaneFit,
  type LaneState,
  type LaneStates,
  type NumberDef,
} from "./transform/number-transform.ts";
export * from "./transform/outlier/anomaly-score.ts";
export type { OutlierOptions } from "./transform/outlier/bound.ts";
export * from "./transform/outlier/outlier-clipper.ts";
export * from "./transform/outlier/outlier-flag.ts";
export * from "./transform/outlier/remove-outliers.ts";
export * from "./transform/read-chain.ts";
export * from "./transform/registry.ts";
export * from "./transform/rule/registry.ts";
export * from "./transform/sensor/index.ts";
export * from "./transform/store-transform.ts";
export * from "./transform/text/index.ts";
export * from "./transform/time/calendar-features.ts";
export type { CalendarPart } from "./transform/time/calendar-part.ts";
export * from "./transform/time/recency.ts";
export { zoneTable, type ZoneTable } from "./transform/time/time-zone.ts";
