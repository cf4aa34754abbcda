export * from "./onnxruntime-node.ts";
export * from "./onnxruntime-web.ts";
export { workerRuntime } from "./runtime-worker.ts";
export { modelTable, tableRuntime, tableRuntimeOf } from "./table-runtime.ts";
export type { WorkerRuntimeName } from "./worker-message.ts";
