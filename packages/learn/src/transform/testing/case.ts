import type { TransformCase } from "./transform-check.ts";

/** What definitions are checked with where their defaults are not enough; one row a kind, as many cases as it has ways. */
export const CASES: Readonly<Record<string, readonly TransformCase[]>> = {
  standardScaler: [
    {},
    { options: { withMean: false, keep: true } },
    { options: { columns: ["acc", "offset"] } },
  ],
};
