export * from "./ensemble.ts";
export { leafNodes, rawScores } from "./raw-scores.ts";
