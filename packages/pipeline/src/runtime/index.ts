export { nodeForestThreads } from "./forest-threads.ts";
export { litertRuntime, openLitert, type LitertLoadOptions } from "./litert.ts";
export * from "./onnxruntime-node.ts";
export * from "./onnxruntime-web.ts";
export { workerRuntime } from "./runtime-worker.ts";
export { modelTable, tableRuntime, tableRuntimeOf } from "./table-runtime.ts";
export { nodeTreeThreads } from "./tree-threads.ts";
export type { WorkerRuntimeName } from "./worker-message.ts";
