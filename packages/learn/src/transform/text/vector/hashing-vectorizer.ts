import { tidelineError } from "@tideline/spec/error";
import { illegalOption, oneOf, positiveInteger } from "../../../net/check-option.ts";
import type { SparseMatrix } from "../../../sparse-matrix.ts";
import { murmurHash3 } from "../../category/murmur-hash.ts";
import {
  resolveAnalysis,
  textAnalysis,
  type ResolvedAnalysis,
  type TextAnalysisOptions,
} from "./text-analysis.ts";
import { rowCounter } from "./row-counter.ts";
import { sortRow } from "./sort-row.ts";

/** What {@link hashingVectorizer} takes. */
export interface HashingVectorizerOptions extends TextAnalysisOptions {
  /** Columns. Default 2^20. */
  readonly featureCount?: number;
  /** Half of the terms count negative, so that those that share a column cancel out on average. Default true. */
  readonly alternateSign?: boolean;
  /** Whether a column holds 1 whatever fell into it. Default false. */
  readonly binary?: boolean;
  /** A row's length becomes 1 in this norm. Default "l2". */
  readonly norm?: "l1" | "l2" | "none";
}

/** A vectorizer that learns nothing: texts to rows of numbers, frozen. */
export interface HashingVectorizer {
  readonly kind: "hashing-vectorizer";
  readonly analysis: ResolvedAnalysis;
  readonly featureCount: number;
  /** [texts, featureCount], float64; columns that cancelled out stay as a 0. */
  transform(texts: readonly string[]): SparseMatrix;
}

/** Terms whose column is remembered; then all are forgotten. */
const REMEMBERED = 2 ** 20;
const utf8 = new TextEncoder();

/**
 * Texts to counts of terms in columns that a hash of the term names, without a vocabulary and so without a fit: as
 * scikit-learn's HashingVectorizer, with its defaults (K. Weinberger et al., "Feature hashing for large scale multitask
 * learning", 2009). The hash is MurmurHash3 of the term's UTF-8.
 *
 * @throws DEFINITION_ILLEGAL for an option that makes no sense.
 * @example
 * const X = hashingVectorizer({ featureCount: 2 ** 16 }).transform(texts);
 */
export function hashingVectorizer(options: HashingVectorizerOptions = {}): HashingVectorizer {
  const who = "hashingVectorizer";
  const analysis = resolveAnalysis(who, options);
  const { featureCount = 2 ** 20, alternateSign = true, binary = false } = options;
  positiveInteger(who, "featureCount", featureCount);
  if (featureCount >= 2 ** 31)
    throw illegalOption(who, "featureCount", "an integer below 2^31", String(featureCount));
  for (const [field, value] of [
    ["alternateSign", alternateSign],
    ["binary", binary],
  ] as const)
    if (typeof value !== "boolean") throw illegalOption(who, field, "true or false", String(value));
  const norm = oneOf(who, "norm", { l1: 0, l2: 0, none: 0 }, options.norm ?? "l2");

  let known = textAnalysis(who, analysis);
  let hashes = new Int32Array(1024);
  let hashed = 0;
  /** Hashes of terms by their numbers; those that have come since are added. */
  const hashAll = (): void => {
    const size = known.size();
    if (size > hashes.length) {
      const wider = new Int32Array(2 * size);
      wider.set(hashes);
      hashes = wider;
    }
    for (; hashed < size; hashed++) hashes[hashed] = murmurHash3(utf8.encode(known.name(hashed)), 0);
  };

  return Object.freeze({
    kind: "hashing-vectorizer",
    analysis,
    featureCount,
    transform(texts: readonly string[]) {
      const indptr = new Int32Array(texts.length + 1);
      let indices = new Int32Array(4096);
      let values = new Float64Array(4096);
      let end = 0;
      const rows = rowCounter(0, false);
      for (let row = 0; row < texts.length; row++) {
        const text = texts[row];
        if (typeof text !== "string")
          throw tidelineError("DATA_MALFORMED", {
            who,
            field: `texts, row ${row}`,
            expected: "a text",
            received: String(text),
          });
        if (known.size() > REMEMBERED) {
          known = textAnalysis(who, analysis);
          hashed = 0;
        }
        known.visit(text, rows.add);
        hashAll();
        const from = end;
        rows.distinct((term, count) => {
          if (end === indices.length) {
            const wider = new Int32Array(2 * end);
            wider.set(indices);
            indices = wider;
            const more = new Float64Array(2 * end);
            more.set(values);
            values = more;
          }
          const hash = hashes[term]!;
          // The absolute value of the least integer does not fit; scikit-learn's column for it.
          indices[end] =
            hash === -2147483648 ? (2147483648 - featureCount) % featureCount : Math.abs(hash) % featureCount;
          values[end++] = alternateSign && hash < 0 ? -count : count;
        });
        rows.endRow();
        end = finishRow(indices, values, from, end, binary, norm);
        indptr[row + 1] = end;
      }
      return Object.freeze({
        kind: "sparse" as const,
        rows: texts.length,
        columns: featureCount,
        indptr,
        indices: indices.slice(0, end),
        values: values.slice(0, end),
      });
    },
  });
}

/** Sorts a row, adds up what shares a column, and brings it to length 1; where it ends then. */
function finishRow(
  indices: Int32Array,
  values: Float64Array,
  from: number,
  to: number,
  binary: boolean,
  norm: "l1" | "l2" | "none",
): number {
  sortRow(indices, values, from, to);
  let end = from;
  for (let at = from; at < to; at++) {
    if (end > from && indices[end - 1] === indices[at]) values[end - 1]! += values[at]!;
    else {
      indices[end] = indices[at]!;
      values[end++] = values[at]!;
    }
  }
  let sum = 0;
  for (let at = from; at < end; at++) {
    if (binary) values[at] = 1;
    sum += norm === "l2" ? values[at]! * values[at]! : Math.abs(values[at]!);
  }
  const length = norm === "l2" ? Math.sqrt(sum) : sum;
  if (norm !== "none" && length > 0) for (let at = from; at < end; at++) values[at]! /= length;
  return end;
}
