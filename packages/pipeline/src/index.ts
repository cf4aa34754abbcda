export * from "./catalog/index.ts";
export * from "./ingest/index.ts";
export * from "./lake/index.ts";
