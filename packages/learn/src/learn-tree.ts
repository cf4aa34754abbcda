export * from "./tree/bin/table-rows.ts";
export type * from "./tree/binned-table.ts";
export type * from "./tree/grow/growth.ts";
export type { Cover } from "./tree/insight/cover.ts";
export { shapValues, type ShapOptions, type ShapValues } from "./tree/insight/shap/shap-values.ts";
export type * from "./tree/kernel/tree-kernels.ts";
export { openTypescriptKernels } from "./tree/kernel/typescript-kernels.ts";
export type * from "./tree/tree-ensemble.ts";
export type * from "./tree/tree-table.ts";
