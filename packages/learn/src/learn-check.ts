export * from "./check/label-error.ts";
export { labelQuality, type LabelScore } from "./check/label-quality.ts";
