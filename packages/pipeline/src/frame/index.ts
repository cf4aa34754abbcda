export * from "./csv-source.ts";
export type { FileEngineOptions } from "./own-engine.ts";
export * from "./parquet-source.ts";
export type { OnRejected, RejectedRow } from "./rejected-row.ts";
export { relationSource, type RelationSourceOptions } from "./relation-source.ts";
