export * from "./conformance-check.ts";
export * from "./conformance.ts";
export * from "./element-type-conformance.ts";
