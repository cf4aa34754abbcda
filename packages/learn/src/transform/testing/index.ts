export * from "./agree.ts";
export * from "./conformance-frame.ts";
export * from "./transform-check.ts";
