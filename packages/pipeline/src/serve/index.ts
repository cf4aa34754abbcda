export * from "./console.ts";
export { inferenceRoutes, type InferenceRouteOptions } from "./inference-route.ts";
export { createModelHost, type ModelHost, type ServedModel } from "./model-host.ts";
export { releaseRoutes, type ReleaseRouteOptions } from "./release-route.ts";
export * from "./rollout-route.ts";
export * from "./serve-limits.ts";
