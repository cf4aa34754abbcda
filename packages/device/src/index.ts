export * from "./capture.ts";
export * from "./client.ts";
export * from "./crash-point.ts";
export * from "./ports.ts";
