export type * from "./transform/transform-def.ts";
export * from "./transform/transform.ts";
