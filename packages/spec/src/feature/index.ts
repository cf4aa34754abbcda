export {
  abs,
  add,
  divide,
  floor,
  log1p,
  multiply,
  type Promoted,
  subtract,
  toFloat,
} from "./build/arithmetic.ts";
export {
  type AggregateOptions,
  count,
  countDistinct,
  diff,
  first,
  lag,
  last,
  max,
  mean,
  median,
  min,
  quantile,
  recency,
  stddev,
  sum,
} from "./build/aggregate.ts";
export { asOf, dayOfWeek, hourOfDay, rowTime } from "./build/clock.ts";
export { type Columns, columnsOf, type SourceEvent } from "./build/column.ts";
export {
  eq,
  type Equality,
  type Extreme,
  ge,
  greatest,
  gt,
  le,
  least,
  lt,
  ne,
  type Ordering,
} from "./build/comparison.ts";
export { and, coalesce, ifElse, isNan, isNull, not, or } from "./build/logic.ts";
export { literal, type Operand } from "./build/node.ts";
export type { AggregateName } from "./aggregate/registry.ts";
export {
  addExact,
  type ExactSum,
  exactProduct,
  exactSum,
  mergeExact,
  roundExact,
} from "./aggregate/exact-sum.ts";
export { quantileOf } from "./aggregate/quantile.ts";
export { deviationOf, STDDEV_LIMIT, type StddevState } from "./aggregate/stddev.ts";
export { checkView } from "./check.ts";
export { type Duration, milliseconds } from "./duration.ts";
export type {
  AggregateNode,
  AsOfNode,
  CallNode,
  ColumnNode,
  Expression,
  LiteralNode,
  RowTimeNode,
} from "./expression.ts";
export { type FeatureColumns, interpretView, type SpineRow } from "./interpret.ts";
export type { OperatorName } from "./operator.ts";
export { compareStrings } from "./order.ts";
export { planView, type SourceRow, type ViewPlan } from "./plan.ts";
export type { NumericType, Scalar, ScalarOf, ScalarType } from "./scalar.ts";
export { sqlOfView, type SqlOfViewOptions } from "./sql/view.ts";
export {
  checkFeatureSet,
  type FeatureSet,
  featureSetName,
  pinFeatures,
  versionOf,
  viewMeaning,
} from "./feature-set.ts";
export { type Entity, type Features, type FeatureValues, type FeatureView, view } from "./view.ts";
export { VIEW_STAGES, type ViewPaper, type ViewStage } from "./view-paper.ts";
export { addRow, forgetBefore, valuesAt, viewState, type ViewState } from "./view-state.ts";
