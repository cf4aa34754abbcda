import { COLUMN_SELECTOR } from "../select/column-selector.ts";
import { ARITHMETIC } from "./arithmetic/arithmetic.ts";
import { CONVERT_UNIT } from "./arithmetic/convert-unit.ts";
import { POLYNOMIAL_FEATURES } from "./arithmetic/polynomial-features.ts";
import { SOUND_FEATURES } from "./audio/sound-features.ts";
import { FIXED_BINS } from "./bin/fixed-bins.ts";
import { K_BINS_DISCRETIZER } from "./bin/k-bins-discretizer.ts";
import { BINARY_ENCODER } from "./category/binary-encoder.ts";
import { CATEGORY_CROSS } from "./category/category-cross.ts";
import { FEATURE_HASHER } from "./category/feature-hasher.ts";
import { FREQUENCY_ENCODER } from "./category/frequency-encoder.ts";
import { ONE_HOT_ENCODER } from "./category/one-hot-encoder.ts";
import { ORDINAL_ENCODER } from "./category/ordinal-encoder.ts";
import { RARE_GROUPER } from "./category/rare-grouper.ts";
import { TARGET_ENCODER } from "./category/target-encoder.ts";
import { TARGET_ORDER_ENCODER } from "./category/target-order-encoder.ts";
import { WEIGHT_OF_EVIDENCE } from "./category/weight-of-evidence.ts";
import { CAST } from "./convert/cast.ts";
import { GEO_CELL } from "./geo/geo-cell.ts";
import { GEO_DISTANCE } from "./geo/geo-distance.ts";
import { IMAGE_PIXELS } from "./image/image-pixels.ts";
import { FORWARD_FILL } from "./impute/forward-fill.ts";
import { GRAPH_TRANSFORM } from "./graph-transform.ts";
import { ITERATIVE_IMPUTER } from "./impute/iterative-imputer.ts";
import { KNN_IMPUTER } from "./impute/knn-imputer.ts";
import { MISSING_INDICATOR } from "./impute/missing-indicator.ts";
import { SIMPLE_IMPUTER } from "./impute/simple-imputer.ts";
import { ANOMALY_SCORE } from "./outlier/anomaly-score.ts";
import { OUTLIER_CLIPPER } from "./outlier/outlier-clipper.ts";
import { OUTLIER_FLAG } from "./outlier/outlier-flag.ts";
import { LOG_TRANSFORMER } from "./scale/log-transformer.ts";
import { MAX_ABS_SCALER } from "./scale/max-abs-scaler.ts";
import { MIN_MAX_SCALER } from "./scale/min-max-scaler.ts";
import { NORMALIZER } from "./scale/normalizer.ts";
import { POWER_TRANSFORMER } from "./scale/power-transformer.ts";
import { QUANTILE_TRANSFORMER } from "./scale/quantile-transformer.ts";
import { ROBUST_SCALER } from "./scale/robust-scaler.ts";
import { STANDARD_SCALER } from "./scale/standard-scaler.ts";
import { SIGNAL_FEATURES } from "./sensor/signal-features.ts";
import { CALENDAR_FEATURES } from "./time/calendar-features.ts";
import { RECENCY } from "./time/recency.ts";
import { TEXT_NORMALIZER } from "./text/text-normalizer.ts";
import { TEXT_VECTORS } from "./text/text-vectors.ts";
import { TOKEN_IDS } from "./text/token-ids.ts";
import type { AnyTransformDef } from "./transform-def.ts";

/** Every transform by its kind: what storage restores from and the conformance suite goes through. A row for each; sorted. */
export const TRANSFORMS = {
  anomalyScore: ANOMALY_SCORE,
  arithmetic: ARITHMETIC,
  binaryEncoder: BINARY_ENCODER,
  calendarFeatures: CALENDAR_FEATURES,
  cast: CAST,
  categoryCross: CATEGORY_CROSS,
  columnSelector: COLUMN_SELECTOR,
  convertUnit: CONVERT_UNIT,
  featureHasher: FEATURE_HASHER,
  fixedBins: FIXED_BINS,
  forwardFill: FORWARD_FILL,
  frequencyEncoder: FREQUENCY_ENCODER,
  geoCell: GEO_CELL,
  geoDistance: GEO_DISTANCE,
  imagePixels: IMAGE_PIXELS,
  graphTransform: GRAPH_TRANSFORM,
  iterativeImputer: ITERATIVE_IMPUTER,
  kBinsDiscretizer: K_BINS_DISCRETIZER,
  knnImputer: KNN_IMPUTER,
  logTransformer: LOG_TRANSFORMER,
  maxAbsScaler: MAX_ABS_SCALER,
  minMaxScaler: MIN_MAX_SCALER,
  missingIndicator: MISSING_INDICATOR,
  normalizer: NORMALIZER,
  oneHotEncoder: ONE_HOT_ENCODER,
  ordinalEncoder: ORDINAL_ENCODER,
  outlierClipper: OUTLIER_CLIPPER,
  outlierFlag: OUTLIER_FLAG,
  polynomialFeatures: POLYNOMIAL_FEATURES,
  powerTransformer: POWER_TRANSFORMER,
  quantileTransformer: QUANTILE_TRANSFORMER,
  rareGrouper: RARE_GROUPER,
  recency: RECENCY,
  robustScaler: ROBUST_SCALER,
  signalFeatures: SIGNAL_FEATURES,
  simpleImputer: SIMPLE_IMPUTER,
  soundFeatures: SOUND_FEATURES,
  standardScaler: STANDARD_SCALER,
  targetEncoder: TARGET_ENCODER,
  targetOrderEncoder: TARGET_ORDER_ENCODER,
  weightOfEvidence: WEIGHT_OF_EVIDENCE,
  textNormalizer: TEXT_NORMALIZER,
  textVectors: TEXT_VECTORS,
  tokenIds: TOKEN_IDS,
} satisfies Record<string, AnyTransformDef>;

/** The kind of a transform of this package. */
export type TransformKind = keyof typeof TRANSFORMS;
