export * from "./catalog/index.ts";
export * from "./ingest/index.ts";
export * from "./lake/index.ts";
export * from "./dataset/index.ts";
export * from "./feature/index.ts";
export * from "./flow/index.ts";
export * from "./monitor/index.ts";
export * from "./train/index.ts";
