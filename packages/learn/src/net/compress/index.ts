export * from "./distil.ts";
export * from "./factorise-model.ts";
export * from "./graph-net.ts";
export type { TrainedConstant } from "./graph-weight.ts";
export { layerWeights } from "./graph-weight.ts";
export * from "./prune-model.ts";
export * from "./train-quantised.ts";
export * from "./tune-model.ts";
export * from "./weight-gradient.ts";
