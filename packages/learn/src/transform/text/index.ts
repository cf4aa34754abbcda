export * from "./tokenizer/read-tokenizer.ts";
export type * from "./tokenizer/tokenizer.ts";
export * from "./vector/hashing-vectorizer.ts";
export * from "./vector/lower-vectorizer.ts";
export * from "./vector/string-model.ts";
export type { AccentForm } from "./vector/text-form.ts";
export type { ResolvedAnalysis, TextAnalysisOptions } from "./vector/text-analysis.ts";
export * from "./vector/vectorizer.ts";
export type { VocabularyLimits } from "./vector/vocabulary.ts";
