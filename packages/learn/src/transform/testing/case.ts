import { conformanceLabels } from "./conformance-frame.ts";
import { MEDIA_CASES } from "./media-case.ts";
import type { TransformCase } from "./transform-check.ts";

/** What definitions are checked with where their defaults are not enough; one row a kind, as many cases as it has ways. */
export const CASES: Readonly<Record<string, readonly TransformCase[]>> = {
  anomalyScore: [{ options: { trees: 10, columns: ["plain", "skewed", "acc"], keep: true } }],
  arithmetic: [
    {
      options: {
        columns: ["plain", "skewed", "whole", "truth"],
        keep: true,
        terms: [
          { name: "sum", op: "add", of: ["plain", "skewed", "whole"] },
          { name: "ratio", op: "divide", of: ["skewed", "whole"], otherwise: -1 },
          { name: "open", op: "divide", of: ["plain", "truth"] },
          { name: "root", op: "sqrt", of: ["plain"], otherwise: 0 },
          { name: "log", op: "log", of: ["whole"] },
          { name: "least", op: "min", of: ["plain", "whole"] },
          { name: "size", op: "abs", of: ["plain"] },
          { name: "near", op: "log1p", of: ["skewed"] },
          { name: "square", op: "square", of: ["plain"] },
          { name: "sign", op: "sign", of: ["plain"] },
          { name: "floor", op: "floor", of: ["skewed"] },
        ],
      },
    },
  ],
  calendarFeatures: [
    {
      options: {
        parts: [
          "year",
          "quarter",
          "month",
          "day",
          "dayOfYear",
          "week",
          "weekday",
          "hour",
          "minute",
          "second",
          "weekend",
          "hourOfDay",
          "dayFraction",
        ],
      },
    },
    { options: { timeZone: "Europe/Berlin", keep: true } },
    {
      options: {
        timeZone: "America/New_York",
        cyclic: true,
        parts: ["month", "hour", "weekday", "dayOfYear"],
      },
    },
  ],
  cast: [
    { options: { to: "float", per: "s" } },
    { options: { to: "integer", per: "ms" } },
    { options: { to: "boolean", columns: ["grid", "whole", "truth", "at", "huge"] } },
    { options: { to: "string", keep: true } },
    { options: { to: "time", per: "s", timeZone: "Asia/Kolkata" } },
    { options: { to: "time", per: "ms", columns: ["offset", "long", "truth", "until", "skewed"] } },
  ],
  convertUnit: [{ options: { to: "km", columns: ["plain"] } }],
  fixedBins: [{ options: { edges: [-0.5, 0.1, 3] } }, { options: { edges: [0, 2], encode: "ordinal" } }],
  geoCell: [{ options: { latitude: "plain", longitude: "grid", columns: ["plain", "grid"], precision: 7 } }],
  geoDistance: [
    {
      options: {
        from: ["plain", "grid"],
        to: ["single", "tiny"],
        columns: ["plain", "grid", "single", "tiny"],
        keep: true,
      },
    },
    {
      options: {
        from: ["plain", "grid"],
        to: ["single", "skewed"],
        columns: ["plain", "grid", "single", "skewed"],
        measure: "bearing",
      },
    },
  ],
  kBinsDiscretizer: [
    {},
    { options: { strategy: "uniform", encode: "ordinal" } },
    { options: { strategy: "kmeans", nBins: 3 } },
    { options: { quantileMethod: "linear", columns: ["grid", "plain"] } },
  ],
  polynomialFeatures: [
    { options: { columns: ["plain", "single", "acc"] } },
    {
      options: { columns: ["plain", "skewed", "grid"], degree: 3, interactionOnly: true, includeBias: false },
    },
  ],
  recency: [{ options: { since: "at", until: "until", columns: ["at", "until"], unit: "day", keep: true } }],
  ...MEDIA_CASES,
  forwardFill: [
    {},
    { options: { time: "at", key: "city", columns: ["plain", "truth", "at", "city"], limit: 2 } },
  ],
  // Numbers of like sizes: sums over rows in another order differ by roundings of the largest.
  iterativeImputer: [
    { options: { columns: ["plain", "single", "whole", "acc"] } },
    {
      options: { columns: ["plain", "single", "grid"], minValue: -1, maxValue: 1, imputationOrder: "arabic" },
    },
  ],
  knnImputer: [
    { options: { columns: ["plain", "single", "grid", "acc"] } },
    { options: { weights: "distance", columns: ["plain", "single", "skewed"] } },
  ],
  missingIndicator: [
    { options: { columns: { kinds: ["float", "integer", "string", "time", "vector"] } } },
    { options: { features: "all", keep: true } },
  ],
  outlierClipper: [{}, { options: { method: "zscore", threshold: 1 } }, { options: { method: "mad" } }],
  outlierFlag: [
    {},
    { options: { method: "zscore", threshold: 1, keep: true } },
    { options: { method: "mad" } },
  ],
  simpleImputer: [
    { options: { columns: { kinds: ["float", "integer", "boolean", "time", "vector"] } } },
    { options: { strategy: "median", columns: { kinds: ["float", "integer", "time"] } } },
    { options: { strategy: "most_frequent" } },
    { options: { strategy: "constant" } },
    { options: { strategy: "constant", fillValue: "none", columns: ["city", "size"] } },
  ],
  categoryCross: [
    { options: { columns: ["city", "size"] } },
    { options: { columns: ["city", "truth", "whole"] } },
  ],
  columnSelector: [
    {},
    { options: { method: "uncorrelated", with: { bound: 0.5, method: "spearman" } } },
    // Not mutual information: the noise that parts repeated numbers goes by the order of rows.
    {
      options: {
        columns: ["plain", "grid", "tiny", "whole", "truth"],
        method: "kBest",
        with: { score: "fClassif", k: 2, missing: "omit" },
      },
    },
    { options: { names: ["plain", "city"] } },
  ],
  // Whole numbers are categories, which no graph can hash.
  featureHasher: [{ options: { columns: ["city", "size", "truth", "plain"], nFeatures: 9 } }],
  oneHotEncoder: [
    {},
    { options: { output: "vector", maxCategories: 4, handleUnknown: "infrequent" } },
    { options: { drop: "first", dtype: "boolean", columns: ["city", "truth"], keep: true } },
  ],
  ordinalEncoder: [{}, { options: { minFrequency: 0.05, encodedMissingValue: -1 } }],
  rareGrouper: [{}, { options: { maxCategories: 3 } }],
  targetEncoder: [{}, { labels: conformanceLabels().values, options: { smooth: 3 } }],
  logTransformer: [
    { options: { form: "signed" } },
    { options: { form: "log", base: 2, columns: ["skewed"] } },
    { options: { base: 10, columns: ["plain", "tiny", "whole"] } },
  ],
  minMaxScaler: [{}, { options: { featureRange: [-1, 2], clip: true } }],
  normalizer: [
    { options: { columns: ["plain", "skewed", "acc"] } },
    { options: { norm: "l1" } },
    { options: { norm: "max", per: "column", columns: ["acc"] } },
  ],
  // Without "offset", whose powers differ in no digit of float64, and "huge", whose logarithm float32 has to six digits.
  powerTransformer: [
    {
      options: {
        columns: ["plain", "skewed", "constant", "tiny", "grid", "single", "whole", "truth", "acc"],
      },
    },
    { options: { method: "box-cox", columns: ["skewed", "constant"] } },
    { options: { standardize: false, columns: ["plain", "acc"] } },
  ],
  quantileTransformer: [
    {},
    { options: { outputDistribution: "normal" } },
    { options: { nQuantiles: 7, columns: ["plain", "grid"] } },
  ],
  robustScaler: [{}, { options: { quantileRange: [10, 80], unitVariance: true, withCentering: false } }],
  standardScaler: [
    {},
    { options: { withMean: false, keep: true } },
    { options: { columns: ["acc", "offset"] } },
  ],
  // The column "size" has no word of two letters.
  textVectors: [{ options: { columns: ["city"] } }],
  tokenIds: [
    {
      options: {
        tokenizer: '{"model":{"type":"WordLevel","unk_token":"?","vocab":{"?":0,"Bonn":1}}}',
      },
    },
  ],
};
