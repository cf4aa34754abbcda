import { murmurHash3 } from "./murmur-hash.ts";

/** How names of features go to places of a vector. */
export interface BucketRule {
  readonly nFeatures: number;
  readonly alternateSign: boolean;
}

/** Where a feature's number is added, and with which sign. */
export interface FeatureBucket {
  readonly at: number;
  readonly sign: 1 | -1;
}

const utf8 = new TextEncoder();

/** The place and sign of a feature by its name, in UTF-8 through MurmurHash3 with seed 0, as scikit-learn's FeatureHasher has them. */
export function featureBucket(name: string, { nFeatures, alternateSign }: BucketRule): FeatureBucket {
  const hash = murmurHash3(utf8.encode(name), 0);
  return { at: Math.abs(hash) % nFeatures, sign: alternateSign && hash < 0 ? -1 : 1 };
}
