import { ArrayFeatureExtractor } from "./ArrayFeatureExtractor.ts";
import { Binarizer } from "./Binarizer.ts";
import { FeatureVectorizer } from "./FeatureVectorizer.ts";
import { Imputer } from "./Imputer.ts";
import { LabelEncoder } from "./LabelEncoder.ts";
import { LinearClassifier } from "./LinearClassifier.ts";
import { LinearRegressor } from "./LinearRegressor.ts";
import type { MlRewriting } from "./ml-call.ts";
import { Normalizer } from "./Normalizer.ts";
import { OneHotEncoder } from "./OneHotEncoder.ts";
import { Scaler } from "./Scaler.ts";
import { SVMClassifier } from "./SVMClassifier.ts";
import { SVMRegressor } from "./SVMRegressor.ts";
import { ZipMap } from "./ZipMap.ts";

/** The operators of ai.onnx.ml that standard ones stand for. */
export const ML_REWRITINGS = {
  ArrayFeatureExtractor,
  Binarizer,
  FeatureVectorizer,
  Imputer,
  LabelEncoder,
  LinearClassifier,
  LinearRegressor,
  Normalizer,
  OneHotEncoder,
  Scaler,
  SVMClassifier,
  SVMRegressor,
  ZipMap,
} as const satisfies Record<string, MlRewriting>;
