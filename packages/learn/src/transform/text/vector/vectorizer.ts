import { tidelineError } from "@tideline/spec/error";
import type { SparseMatrix } from "../../../sparse-matrix.ts";
import {
  resolveAnalysis,
  textAnalysis,
  type ResolvedAnalysis,
  type TextAnalysisOptions,
} from "./text-analysis.ts";
import { widerArray } from "../../../wider-array.ts";
import { rowCounter, type CountedRows } from "./row-counter.ts";
import { sortRow } from "./sort-row.ts";
import { oneOf, illegalOption } from "../../../net/check-option.ts";
import { keptTerms, resolveLimits, type ResolvedLimits, type VocabularyLimits } from "./vocabulary.ts";

/** What {@link countVectorizer} takes. */
export interface CountVectorizerOptions extends TextAnalysisOptions, VocabularyLimits {
  /** Whether a term counts 1 however often it occurs. Default false. */
  readonly binary?: boolean;
}

/** What {@link tfidfVectorizer} takes. */
export interface TfidfVectorizerOptions extends CountVectorizerOptions {
  /** A row's length becomes 1 in this norm. Default "l2". */
  readonly norm?: "l1" | "l2" | "none";
  /** Weighs rare terms higher. Default true. */
  readonly useIdf?: boolean;
  /** Counts every term once more, as if one more text had them all. Default true. */
  readonly smoothIdf?: boolean;
  /** Takes `1 + ln(count)` for a count. Default false. */
  readonly sublinearTf?: boolean;
}

/** How counts become numbers; without norm and idf they stay counts. */
export interface TermWeighting {
  readonly binary: boolean;
  readonly norm: "l1" | "l2" | "none";
  readonly useIdf: boolean;
  readonly smoothIdf: boolean;
  readonly sublinearTf: boolean;
}

/** A fitted vectorizer's plain parts, storable. */
export interface VectorizerParts {
  readonly analysis: ResolvedAnalysis;
  readonly weighting: TermWeighting;
  /** Terms by column, sorted by code points. */
  readonly terms: readonly string[];
  /** [terms]; empty without weights by rarity. */
  readonly idf: Float64Array;
}

/** A fitted vectorizer: texts to rows of numbers, frozen. */
export interface FittedVectorizer extends VectorizerParts {
  readonly kind: "vectorizer";
  /** [texts, terms], float64. A text without known terms is a row of zeros. */
  transform(texts: readonly string[]): SparseMatrix;
  /** Columns of the terms of each text, again as often as they occur: [texts, width], -1 fills up. What `lowerTerms` takes. */
  termIds(texts: readonly string[]): {
    readonly dims: readonly [number, number];
    readonly values: BigInt64Array;
  };
}

/** A fit in progress: counts of terms are kept, texts are not. */
export interface VectorizerFit {
  add(texts: readonly string[]): void;
  /** Errors: NOT_ENOUGH_DATA when no term is left. */
  finish(): FittedVectorizer;
}

/** A configured vectorizer. */
export interface Vectorizer {
  /** Begins a fit over texts in pieces; the result does not depend on how they are cut. */
  start(): VectorizerFit;
  fit(texts: readonly string[]): FittedVectorizer;
  /** Both at once: each text is read once. */
  fitTransform(texts: readonly string[]): { readonly fitted: FittedVectorizer; readonly X: SparseMatrix };
}

/**
 * Texts to counts of terms, as scikit-learn's CountVectorizer, with its defaults.
 *
 * @throws DEFINITION_ILLEGAL for an option that makes no sense.
 * @example
 * countVectorizer({ ngramRange: [1, 2] }).fit(["call me", "call now"]).terms; // ["call", "call me", "call now", "me", "now"]
 */
export function countVectorizer(options: CountVectorizerOptions = {}): Vectorizer {
  const who = "countVectorizer";
  return vectorizer(who, options, {
    binary: truth(who, "binary", options.binary, false),
    norm: "none",
    useIdf: false,
    smoothIdf: true,
    sublinearTf: false,
  });
}

/**
 * Texts to counts of terms times how rare these are, `ln((1 + texts) / (1 + texts with it)) + 1`, each row of length 1:
 * scikit-learn's TfidfVectorizer, with its defaults (K. Sparck Jones, "A statistical interpretation of term specificity", 1972).
 *
 * @throws DEFINITION_ILLEGAL for an option that makes no sense.
 * @example
 * const { fitted, X } = tfidfVectorizer({ minDf: 2 }).fitTransform(texts);
 * logisticRegression({ C: 10 }).fit({ X, y, classes });
 * fitted.transform(["free prize"]);
 */
export function tfidfVectorizer(options: TfidfVectorizerOptions = {}): Vectorizer {
  const who = "tfidfVectorizer";
  return vectorizer(who, options, {
    binary: truth(who, "binary", options.binary, false),
    norm: oneOf(who, "norm", { l1: 0, l2: 0, none: 0 }, options.norm ?? "l2"),
    useIdf: truth(who, "useIdf", options.useIdf, true),
    smoothIdf: truth(who, "smoothIdf", options.smoothIdf, true),
    sublinearTf: truth(who, "sublinearTf", options.sublinearTf, false),
  });
}

function truth(who: string, field: string, value: boolean | undefined, otherwise: boolean): boolean {
  if (value === undefined || typeof value === "boolean") return value ?? otherwise;
  throw illegalOption(who, field, "true or false", String(value));
}

function vectorizer(who: string, options: CountVectorizerOptions, weighting: TermWeighting): Vectorizer {
  const analysis = resolveAnalysis(who, options);
  const limits = resolveLimits(who, options);
  const start = () => beginFit(who, analysis, limits, Object.freeze(weighting));
  return Object.freeze({
    start() {
      const { add, finish } = start();
      return { add: (texts: readonly string[]) => void add(texts, false), finish: () => finish().fitted };
    },
    fit(texts: readonly string[]) {
      const fitting = start();
      fitting.add(texts, false);
      return fitting.finish().fitted;
    },
    fitTransform(texts: readonly string[]) {
      const fitting = start();
      const counted = fitting.add(texts, true);
      const { fitted, columnOf } = fitting.finish();
      return { fitted, X: weighedRows(counted, columnOf, fitted) };
    },
  });
}

function checkTexts(who: string, texts: readonly string[]): void {
  for (let row = 0; row < texts.length; row++) {
    if (typeof texts[row] === "string") continue;
    throw tidelineError("DATA_MALFORMED", {
      who,
      field: `texts, row ${row}`,
      expected: "a text",
      received: String(texts[row]),
    });
  }
}

function beginFit(who: string, options: ResolvedAnalysis, limits: ResolvedLimits, weighting: TermWeighting) {
  const analysis = textAnalysis(who, options);
  let texts = 0;
  let df = new Int32Array(1024);
  let counts = new Float64Array(1024);
  return {
    add(given: readonly string[], keep: boolean): CountedRows {
      checkTexts(who, given);
      const rows = rowCounter(given.length, keep);
      const count = (term: number, times: number) => {
        df[term]!++;
        // What counts once a text is as frequent as its texts are many.
        counts[term]! += weighting.binary ? 1 : times;
      };
      for (let row = 0; row < given.length; row++) {
        analysis.visit(given[row]!, rows.add);
        if (analysis.size() > df.length) {
          const size = 2 * analysis.size();
          df = widerArray(df, size);
          counts = widerArray(counts, size);
        }
        rows.distinct(count);
        rows.endRow();
      }
      texts += given.length;
      return rows.finish();
    },
    finish() {
      const { size, name } = analysis;
      const kept = keptTerms(who, { size: size(), df, counts, name }, texts, limits);
      const columnOf = new Int32Array(analysis.size()).fill(-1);
      for (const [column, { id }] of kept.entries()) columnOf[id] = column;
      const extra = weighting.smoothIdf ? 1 : 0;
      const idf = weighting.useIdf
        ? Float64Array.from(kept, (term) => Math.log((texts + extra) / (term.df + extra)) + 1)
        : new Float64Array(0);
      const terms = Object.freeze(kept.map(({ name }) => name));
      return { columnOf, fitted: fittedVectorizer({ analysis: options, weighting, terms, idf }) };
    },
  };
}

/** A vectorizer from its parts, for one that was stored. @throws MODEL_MALFORMED when they contradict each other. */
export function fittedVectorizer(parts: VectorizerParts): FittedVectorizer {
  const { terms, idf, weighting } = parts;
  if (idf.length !== (weighting.useIdf ? terms.length : 0) || new Set(terms).size !== terms.length) {
    throw tidelineError("MODEL_MALFORMED", {
      who: "fittedVectorizer",
      field: "terms, idf",
      expected: `distinct terms${weighting.useIdf ? " and a weight for each" : ""}`,
      received: `${terms.length} terms, ${idf.length} weights`,
    });
  }
  const analysis = Object.freeze(resolveAnalysis("fittedVectorizer", parts.analysis));
  let lookup:
    | { readonly visit: (text: string, term: (id: number) => void) => void; readonly columnOf: Int32Array }
    | undefined;
  const made = () => {
    const known = textAnalysis("vectorizer", analysis);
    const places = terms.map((term) => known.place(term));
    known.close();
    const columnOf = new Int32Array(known.size()).fill(-1);
    for (const [column, place] of places.entries()) columnOf[place] = column;
    return { visit: known.visit, columnOf };
  };
  const fitted: FittedVectorizer = {
    kind: "vectorizer",
    analysis,
    weighting,
    terms,
    idf,
    transform(texts: readonly string[]) {
      checkTexts("vectorizer.transform", texts);
      const { visit, columnOf } = (lookup ??= made());
      const rows = rowCounter(texts.length, true);
      for (const text of texts) {
        visit(text, rows.add);
        rows.endRow();
      }
      return weighedRows(rows.finish(), columnOf, fitted);
    },
    termIds(texts: readonly string[]) {
      checkTexts("vectorizer.termIds", texts);
      const { visit, columnOf } = (lookup ??= made());
      const found = texts.map((text) => {
        const row: number[] = [];
        visit(text, (id) => {
          if (columnOf[id]! >= 0) row.push(columnOf[id]!);
        });
        return row;
      });
      const width = found.reduce((most, row) => Math.max(most, row.length), 1);
      const values = new BigInt64Array(texts.length * width).fill(-1n);
      for (const [row, ids] of found.entries())
        for (const [at, id] of ids.entries()) values[row * width + at] = BigInt(id);
      return { dims: [texts.length, width] as const, values };
    },
  };
  return Object.freeze(fitted);
}

/** Counts as a matrix of weights: terms that are not kept leave, columns rise within each row. */
function weighedRows(
  { rows, indptr, terms, counts }: CountedRows,
  columnOf: Int32Array,
  { weighting, idf, terms: kept }: VectorizerParts,
): SparseMatrix {
  const { binary, norm, sublinearTf } = weighting;
  const starts = new Int32Array(rows + 1);
  let size = 0;
  for (let at = 0; at < terms.length; at++) if (columnOf[terms[at]!]! >= 0) size++;
  // No entry moves back: columns stand where terms stood.
  const indices = terms;
  const values = new Float64Array(size);
  let end = 0;
  for (let row = 0; row < rows; row++) {
    const from = end;
    for (let at = indptr[row]!; at < indptr[row + 1]!; at++) {
      const column = columnOf[terms[at]!]!;
      if (column < 0) continue;
      indices[end] = column;
      values[end++] = counts[at]!;
    }
    sortRow(indices, values, from, end);
    let sum = 0;
    for (let at = from; at < end; at++) {
      const count = binary ? 1 : values[at]!;
      const weight = (sublinearTf ? Math.log(count) + 1 : count) * (idf.length > 0 ? idf[indices[at]!]! : 1);
      values[at] = weight;
      sum += norm === "l2" ? weight * weight : Math.abs(weight);
    }
    const length = norm === "l2" ? Math.sqrt(sum) : sum;
    if (norm !== "none" && length > 0) for (let at = from; at < end; at++) values[at]! /= length;
    starts[row + 1] = end;
  }
  return Object.freeze({
    kind: "sparse",
    rows,
    columns: kept.length,
    indptr: starts,
    indices: widerArray(indices, size),
    values,
  });
}
