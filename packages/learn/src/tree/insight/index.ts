export type { Cover } from "./cover.ts";
export { correlatedGroups } from "./importance/correlated-group.ts";
export type * from "./importance/importance-metric.ts";
export type { ImportanceColumn, ImportanceRows } from "./importance/importance-rows.ts";
export * from "./importance/permutation-importance.ts";
export * from "./importance/split-importance.ts";
export { shapInteractions } from "./shap/shap-interaction.ts";
export * from "./shap/shap-summary.ts";
export { shapValues, type ShapOptions, type ShapValueOptions, type ShapValues } from "./shap/shap-values.ts";
