export * from "./graph-runtime.ts";
export * from "./load-options.ts";
export type * from "./ort-module.ts";
export * from "./ort-runtime.ts";
export { ortWebGraphRuntime } from "./ort-web-graph-runtime.ts";
export { referenceRuntime } from "./reference-runtime.ts";
export { checkTensors, float32Values, releasedGraph, type GraphEnds } from "./tensor-check.ts";
