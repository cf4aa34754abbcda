export type * from "./frame/column.ts";
export * from "./frame/frame.ts";
export * from "./frame/numbers-of.ts";
export * from "./frame/validity.ts";
