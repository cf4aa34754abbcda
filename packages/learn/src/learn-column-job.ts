export type { ColumnCrew } from "./transform/crew/column-crew.ts";
export { COLUMN_DEFS } from "./transform/crew/column-defs.ts";
export { workColumns, type ColumnJob, type ColumnMade } from "./transform/crew/column-job.ts";
