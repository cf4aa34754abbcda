export * from "./quantise.ts";
