// Texts to words, tokens and rows of counts: what needs neither a frame nor a graph.
export * from "./transform/text/tokenizer/read-tokenizer.ts";
export type * from "./transform/text/tokenizer/tokenizer.ts";
export * from "./transform/text/tokenizer/train-tokenizer.ts";
export * from "./transform/text/vector/hashing-vectorizer.ts";
export * from "./transform/text/vector/lower-vectorizer.ts";
export type { AccentForm } from "./transform/text/vector/text-form.ts";
export type { ResolvedAnalysis, TextAnalysisOptions } from "./transform/text/vector/text-analysis.ts";
export * from "./transform/text/vector/vectorizer.ts";
export type { VocabularyLimits } from "./transform/text/vector/vocabulary.ts";
export * from "./transform/text/word/english-stem.ts";
export * from "./transform/text/word/german-stem.ts";
export * from "./transform/text/word/porter-stem.ts";
export * from "./transform/text/word/stop-words.ts";
export * from "./transform/text/word/word-form.ts";
