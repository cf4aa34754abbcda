export * from "./erase-person.ts";
export * from "./export-person.ts";
export type { ErasureContext } from "./erasure-step.ts";
export * from "./find-person.ts";
export * from "./receipt.ts";
export * from "./scope.ts";
export * from "./settle-request.ts";
export * from "./survey.ts";
export * from "./trained-on.ts";
