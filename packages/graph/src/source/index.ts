export { writeSource, type SourceLanguage, type SourceOptions, type WrittenSource } from "./write-source.ts";
export { sourceVectors, type SourceVectorOptions, type SourceVectors } from "./source-vectors.ts";
export { textLookups, type CodedModel } from "./text-lookup.ts";
export { isSourceName } from "./source-name.ts";
export { SOURCE_RULES } from "./registry.ts";
export type { SourceFile } from "./source-unit.ts";
export type { Unwritten } from "./lower.ts";
