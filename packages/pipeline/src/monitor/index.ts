export * from "./assess.ts";
export * from "./current-window.ts";
export * from "./live-quality.ts";
export * from "./live-sql.ts";
export * from "./read-live.ts";
export * from "./reference-of-people.ts";
export * from "./skew.ts";
