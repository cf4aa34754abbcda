export {
  NUMBER_KINDS,
  numberTransform,
  type LaneFit,
  type LaneState,
  type LaneStates,
  type NumberDef,
} from "./transform/number-transform.ts";
export * from "./transform/registry.ts";
export * from "./transform/scale/standard-scaler.ts";
export type * from "./transform/transform-def.ts";
export * from "./transform/transform.ts";
export * from "./transform/store-transform.ts";
