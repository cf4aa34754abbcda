export * from "./ensemble.ts";
export * from "./feature-matrix.ts";
export { lowerEnsemble } from "./lower-ensemble.ts";
export { leafNodes, rawScores } from "./raw-scores.ts";
export * from "./tree-link.ts";
export { readEnsemble } from "./stored/read-ensemble.ts";
export { writeEnsemble } from "./stored/write-ensemble.ts";
