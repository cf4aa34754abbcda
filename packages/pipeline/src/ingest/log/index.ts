export * from "./log-position.ts";
export * from "./open-log.ts";
export * from "./read-log.ts";
export * from "./read-logs.ts";
export * from "./writer-log.ts";
export { decodeLogRecord, encodeLogRecord } from "./log-record.ts";
