export * from "./cutoff.ts";
export * from "./retain-rows.ts";
export type { ExpiredLake } from "./expire-lake.ts";
export type { ExpiredLog } from "./expire-log.ts";
