export * from "./tree/bin/table-rows.ts";
export type * from "./tree/binned-table.ts";
export type * from "./tree/grow/growth.ts";
export type * from "./tree/kernel/tree-kernels.ts";
export { openTypescriptKernels } from "./tree/kernel/typescript-kernels.ts";
export type * from "./tree/tree-ensemble.ts";
export type * from "./tree/tree-table.ts";
