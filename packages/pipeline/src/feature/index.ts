export * from "./compare-view.ts";
export * from "./framed-windows.ts";
export * from "./read-windows.ts";
export * from "./recent-windows.ts";
export * from "./training-set.ts";
export * from "./window-features.ts";
