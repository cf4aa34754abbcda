export * from "./estimator-check.ts";
export * from "./estimator-trait.ts";
