export * from "./checkpoint-file.ts";
export * from "./fitted-state.ts";
export * from "./model-graph.ts";
export * from "./score.ts";
export * from "./train-in-thread.ts";
export * from "./train-model.ts";
export * from "./tree-source.ts";
