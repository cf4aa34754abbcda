import { OPSET, ML_OPSET, type OnnxAttribute, type OnnxModel, type OnnxNode } from "@tideline/graph";
import { tidelineError } from "@tideline/spec/error";
import { DEFAULT_WORD } from "./text-analysis.ts";
import type { FittedVectorizer } from "./vectorizer.ts";

/** How a model that takes texts is put together. */
export interface StringModelOptions {
  /** The name of the model's input of texts, string [N]. Default "text". */
  readonly input?: string;
  /**
   * The locale by whose rules the runtime puts texts in lower case; its machine must have it: glibc since 2.35 and Debian
   * have "C.UTF-8", macOS and most others "en_US.UTF-8". Default "C.UTF-8".
   */
  readonly locale?: string;
}

/** The tensor at which the part with strings ends: numbers of words, int64 [N, T], -1 for unknown ones and filling. */
export const WORD_TENSOR = "words";

const CONTRIB = "com.microsoft";

/**
 * One graph from texts to what a numeric model says: texts in lower case, cut into words, numbered (up to here strings),
 * counted as terms, and given to `numeric`, whose input is the counts, float32 [N, terms]. Nodes with strings are those of
 * onnxruntime's own packages, and none of an extension: `StringNormalizer`, its `Tokenizer`, `LabelEncoder`, `TfIdfVectorizer`.
 *
 * It differs from `fitted.transform` in two ways: a final sigma becomes the other small sigma and a dotted capital I loses
 * its dot, as lower case is taken sign by sign; and a runtime may know other characters as letters than JavaScript's engine.
 *
 * @param numeric a model with one input, made with `lowerCounts`.
 * @throws RUNTIME_UNSUPPORTED naming what no operator says: character n-grams, accents, stop words between n-grams, patterns
 *   with look-around or `\s`.
 * @example
 * const g = graphBuilder("spam");
 * g.output("probabilities", lowerLogistic(g, lowerCounts(g, g.input("counts", "float32", ["N", fitted.terms.length]), fitted), model));
 * const bytes = writeOnnx(stringModel(g.build(), fitted));
 */
export function stringModel(
  numeric: OnnxModel,
  fitted: FittedVectorizer,
  options: StringModelOptions = {},
): OnnxModel {
  const { input = "text", locale = "C.UTF-8" } = options;
  const reason = unsupportedReason(fitted);
  if (reason !== undefined) {
    throw tidelineError("RUNTIME_UNSUPPORTED", {
      who: "stringModel",
      expected: "what operators of ONNX on strings say",
      received: reason,
      remedy: "Give the graph numbers of terms instead: lowerTerms, termIds.",
    });
  }
  const [counts] = numeric.graph.inputs;
  const taken = new Set([
    ...numeric.graph.nodes.flatMap(({ outputs }) => outputs),
    ...numeric.graph.initializers.map(({ name }) => name),
  ]);
  const clash = [input, WORD_TENSOR, "lower_case", "word_texts"].find(
    (name) => taken.has(name) || name === counts?.name,
  );
  if (
    counts === undefined ||
    numeric.graph.inputs.length !== 1 ||
    counts.dims.at(-1) !== fitted.terms.length ||
    clash !== undefined
  ) {
    throw tidelineError("GRAPH_ILLEGAL", {
      who: "stringModel",
      field: "numeric",
      expected: `a model of one input, float32 [N, ${fitted.terms.length}], without a value named ${clash ?? "otherwise"}`,
      received: numeric.graph.inputs.map(({ name, dims }) => `${name} [${dims.join(", ")}]`).join(", "),
    });
  }
  const nodes = [...textNodes(fitted, input, locale), countNode(fitted, counts.name), ...numeric.graph.nodes];
  const opsets = [
    ...numeric.opsets.filter(({ domain }) => domain !== "ai.onnx.ml" && domain !== CONTRIB),
    { domain: "ai.onnx.ml", version: ML_OPSET },
    { domain: CONTRIB, version: 1 },
  ];
  return Object.freeze({
    ...numeric,
    opsets: Object.freeze(
      opsets.some(({ domain }) => domain === "") ? opsets : [{ domain: "", version: OPSET }, ...opsets],
    ),
    graph: Object.freeze({
      ...numeric.graph,
      nodes: Object.freeze(nodes),
      inputs: Object.freeze([
        Object.freeze({ name: input, elementType: "string" as const, dims: Object.freeze(["N"]) }),
      ]),
    }),
  });
}

function unsupportedReason({ analysis }: FittedVectorizer): string | undefined {
  const { analyzer, stripAccents, stopWords, ngramRange, tokenPattern } = analysis;
  if (analyzer !== "word") return `analyzer ${analyzer}: no operator sees runs of spaces as one`;
  if (stripAccents !== "keep") return "stripAccents: no operator decomposes characters";
  if (stopWords.length > 0 && ngramRange[1] > 1)
    return "stopWords with n-grams over them: no operator takes words out of a row";
  if (/\\s|\\S|\(\?(?!:)|\\[1-9k]/.test(tokenPattern))
    return `tokenPattern ${tokenPattern}: the runtime's patterns have no such part`;
  return undefined;
}

/** The words that terms are made of, in the order of their first use, and each term as their numbers. */
function wordsOf({ terms, analysis }: FittedVectorizer): {
  readonly words: readonly string[];
  readonly grams: readonly (readonly number[])[];
} {
  const numbers = new Map<string, number>();
  const grams = terms.map((term) =>
    (analysis.ngramRange[1] === 1 ? [term] : term.split(" ")).map((word) => {
      const number = numbers.get(word) ?? numbers.size;
      numbers.set(word, number);
      return number;
    }),
  );
  return { words: [...numbers.keys()], grams };
}

const text = (value: string): OnnxAttribute => ({ type: "string", value });
const int = (value: number): OnnxAttribute => ({ type: "int", value });
const ints = (value: readonly number[]): OnnxAttribute => ({ type: "ints", value });

function textNodes(fitted: FittedVectorizer, input: string, locale: string): readonly OnnxNode[] {
  const { lowercase, tokenPattern } = fitted.analysis;
  const { words } = wordsOf(fitted);
  const lower: OnnxNode = {
    name: "lower_case",
    op: "StringNormalizer",
    domain: "",
    inputs: [input],
    outputs: ["lower_case"],
    attributes: { case_change_action: text("LOWER"), is_case_sensitive: int(1), locale: text(locale) },
  };
  return [
    ...(lowercase ? [lower] : []),
    {
      name: "word_texts",
      op: "Tokenizer",
      domain: CONTRIB,
      inputs: [lowercase ? "lower_case" : input],
      outputs: ["word_texts"],
      attributes: {
        mark: int(0),
        mincharnum: int(1),
        pad_value: text(""),
        tokenexp: text(tokenPattern === "" ? DEFAULT_WORD : tokenPattern),
      },
    },
    {
      name: WORD_TENSOR,
      op: "LabelEncoder",
      domain: "ai.onnx.ml",
      inputs: ["word_texts"],
      outputs: [WORD_TENSOR],
      attributes: {
        keys_strings: { type: "strings", value: words },
        values_int64s: ints(words.map((_, at) => at)),
        default_int64: int(-1),
      },
    },
  ];
}

/** Counts of terms by their words' numbers: the pool lists terms of one word, then of two, and so forth. */
function countNode(fitted: FittedVectorizer, output: string): OnnxNode {
  const [least, most] = fitted.analysis.ngramRange;
  const { grams } = wordsOf(fitted);
  const pool: number[] = [];
  const starts: number[] = [];
  const columns: number[] = [];
  for (let length = 1; length <= most; length++) {
    starts.push(pool.length);
    for (const [column, gram] of grams.entries()) {
      if (gram.length !== length) continue;
      pool.push(...gram);
      columns.push(column);
    }
  }
  return {
    name: output,
    op: "TfIdfVectorizer",
    domain: "",
    inputs: [WORD_TENSOR],
    outputs: [output],
    attributes: {
      mode: text("TF"),
      min_gram_length: int(least),
      max_gram_length: int(most),
      max_skip_count: int(0),
      ngram_counts: ints(starts),
      ngram_indexes: ints(columns),
      pool_int64s: ints(pool),
    },
  };
}
