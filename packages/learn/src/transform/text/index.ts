export * from "../../learn-text.ts";
export * from "./vector/string-model.ts";
export * from "./text-normalizer.ts";
export * from "./text-vectors.ts";
export * from "./token-ids.ts";
