export { loadTable } from "./load-table.ts";
export { tableChecksum } from "./checksum.ts";
export * from "./format.ts";
export type { TableEnd, TableModel } from "./table-model.ts";
