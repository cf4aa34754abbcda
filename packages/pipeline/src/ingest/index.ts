export * from "./identity.ts";
export * from "./ingest-counts.ts";
export * from "./ingest-options.ts";
export * from "./limits.ts";
export * from "./log/index.ts";
export * from "./own-writer.ts";
export * from "./pseudonym.ts";
export * from "./start-ingest.ts";
export type { ErrorAnswer } from "./server.ts";
