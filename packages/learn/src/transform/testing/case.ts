import { conformanceLabels } from "./conformance-frame.ts";
import { MEDIA_CASES } from "./media-case.ts";
import type { TransformCase } from "./transform-check.ts";

/** What definitions are checked with where their defaults are not enough; one row a kind, as many cases as it has ways. */
export const CASES: Readonly<Record<string, readonly TransformCase[]>> = {
  ...MEDIA_CASES,
  categoryCross: [
    { options: { columns: ["city", "size"] } },
    { options: { columns: ["city", "truth", "whole"] } },
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
