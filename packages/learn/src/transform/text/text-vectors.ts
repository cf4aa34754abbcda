import type { GraphBuilder } from "@tideline/graph";
import { tidelineError } from "@tideline/spec";
import type { Column, FrameSchema, StringColumn, VectorColumn } from "../../frame/column.ts";
import { resolveOptions } from "../resolve-options.ts";
import { malformedState } from "../state-check.ts";
import type { GraphColumn, StateValue, TransformDef } from "../transform-def.ts";
import { transformOf, type Selection, type Transform } from "../transform.ts";
import { TFIDF_FORMS } from "./text-option.ts";
import { resolveAnalysis } from "./vector/text-analysis.ts";
import {
  fittedVectorizer,
  tfidfVectorizer,
  type FittedVectorizer,
  type TfidfVectorizerOptions,
} from "./vector/vectorizer.ts";

/** What {@link textVectors} takes. */
export interface TextVectorsOptions extends TfidfVectorizerOptions {
  /** The width of the vectors at most: the most frequent terms. Default 1000. */
  readonly maxFeatures?: number;
}

type TextState = {
  readonly [field: string]: StateValue;
  readonly columns: readonly { readonly terms: readonly string[]; readonly idf: Float64Array }[];
};

const KIND = "textVectors";
/** Numbers that a graph holds for the texts of a dictionary at most: 64 MiB. */
const GRAPH_NUMBERS = 2 ** 24;

function vectorizers(state: TextState, options: TextVectorsOptions): readonly FittedVectorizer[] {
  const analysis = resolveAnalysis(KIND, options);
  const { binary = false, norm = "l2", useIdf = true, smoothIdf = true, sublinearTf = false } = options;
  const weighting = { binary, norm, useIdf, smoothIdf, sublinearTf };
  return state.columns.map(({ terms, idf }) => fittedVectorizer({ analysis, weighting, terms, idf }));
}

/** Dense rows of texts. */
function rowsOf(fitted: FittedVectorizer, texts: readonly string[]): Float64Array {
  const { indptr, indices, values, columns } = fitted.transform(texts);
  const out = new Float64Array(texts.length * columns);
  for (let row = 0; row < texts.length; row++)
    for (let at = indptr[row]!; at < indptr[row + 1]!; at++) out[row * columns + indices[at]!] = values[at]!;
  return out;
}

/** The definition behind {@link textVectors}. */
export const TEXT_VECTORS: TransformDef<TextVectorsOptions, TextState> = Object.freeze({
  kind: KIND,
  traits: Object.freeze({
    accepts: Object.freeze(["string"] as const),
    labels: "none" as const,
    memory: "bounded" as const,
    ordered: false,
  }),
  forms: TFIDF_FORMS,
  resolve(given: TextVectorsOptions): TextVectorsOptions {
    const options = resolveOptions(KIND, TFIDF_FORMS, { maxFeatures: 1000 }, given);
    tfidfVectorizer(options);
    return options;
  },
  begin(options: TextVectorsOptions, inputs: FrameSchema) {
    const fits = inputs.map(() => tfidfVectorizer(options).start());
    return {
      add(columns: readonly Column[]) {
        for (const [at, fit] of fits.entries()) {
          const { codes, dictionary } = columns[at] as StringColumn;
          const texts: string[] = [];
          for (const code of codes) if (code >= 0 && dictionary[code] !== "") texts.push(dictionary[code]!);
          fit.add(texts);
        }
      },
      finish: () => ({
        columns: fits.map((fit) => {
          const { terms, idf } = fit.finish();
          return { terms, idf };
        }),
      }),
    };
  },
  checkState(state: TextState, options: TextVectorsOptions, inputs: FrameSchema) {
    const { columns } = state as { readonly columns?: unknown };
    if (!Array.isArray(columns) || columns.length !== inputs.length)
      throw malformedState(KIND, "columns", `${inputs.length} vocabularies`, typeof columns);
    for (const column of columns as readonly (Partial<TextState["columns"][number]> | null)[]) {
      const { terms, idf } = column ?? {};
      if (!Array.isArray(terms) || terms.length === 0 || !terms.every((term) => typeof term === "string"))
        throw malformedState(KIND, "terms", "texts", typeof terms);
      if (!(idf instanceof Float64Array) || !idf.every(Number.isFinite))
        throw malformedState(KIND, "idf", "finite numbers", typeof idf);
    }
    vectorizers(state, options);
  },
  outputs: ({ columns }: TextState, _: TextVectorsOptions, inputs: FrameSchema): FrameSchema =>
    inputs.map(({ name }, at) => ({ name, kind: "vector", width: columns[at]!.terms.length })),
  apply(state: TextState, options: TextVectorsOptions, columns: readonly Column[]) {
    const fitted = vectorizers(state, options);
    return columns.map((column, at): VectorColumn => {
      const { name, codes, dictionary } = column as StringColumn;
      const texts = Array.from(codes, (code) => (code < 0 ? "" : dictionary[code]!));
      return { kind: "vector", name, width: fitted[at]!.terms.length, values: rowsOf(fitted[at]!, texts) };
    });
  },
  lower(state: TextState, options: TextVectorsOptions, g: GraphBuilder, columns: readonly GraphColumn[]) {
    const fitted = vectorizers(state, options);
    return columns.map((column, at): GraphColumn => {
      const width = fitted[at]!.terms.length;
      const refuse = (expected: string, received: string) =>
        tidelineError("RUNTIME_UNSUPPORTED", {
          who: KIND,
          field: `column "${column.name}"`,
          expected,
          received,
        });
      if (column.kind !== "codes")
        throw refuse("codes of a dictionary; for texts as such see stringModel and lowerTerms", column.kind);
      const size = (column.dictionary.length + 1) * width;
      if (size > GRAPH_NUMBERS)
        throw refuse(`at most ${GRAPH_NUMBERS} numbers for its dictionary`, String(size));
      // -1 counts from the back: the last row, of zeros, is that of what is missing.
      const table = Float32Array.from(rowsOf(fitted[at]!, [...column.dictionary, ""]));
      const rows = g.constant(table, [column.dictionary.length + 1, width]);
      const value = g.op("Squeeze", [g.op("Gather", [rows, column.value]), g.ints([1])]);
      return { kind: "number", name: column.name, width, value };
    });
  },
});

/**
 * Columns of texts to vectors by TF-IDF, with all zeros: for chains and few terms; `tfidfVectorizer` gives sparse rows for
 * many. A missing or empty text does not count in a fit, and is a vector of zeros.
 *
 * A fit throws NOT_ENOUGH_DATA for a column without words.
 *
 * @throws DEFINITION_ILLEGAL for options that make no sense.
 * @example
 * fitTransform(textVectors({ columns: ["message"], maxFeatures: 200 }), rows).transform(rows);
 */
export function textVectors(options: TextVectorsOptions & Selection = {}): Transform {
  return transformOf(TEXT_VECTORS, options);
}
