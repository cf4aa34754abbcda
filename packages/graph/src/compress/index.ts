export * from "./prune/index.ts";
export * from "./quantise.ts";
