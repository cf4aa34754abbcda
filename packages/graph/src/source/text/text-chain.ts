import type { OnnxModel, OnnxNode } from "../../onnx.ts";
import { patternTable, type PatternTable } from "./pattern-table.ts";

/** A text that becomes counts of its terms: what four operators in a row say together. */
export interface TextChain {
  /** The graph's input of texts, one a row. */
  readonly input: string;
  /** The value that has the counts, float32 [N, width]. */
  readonly counts: string;
  readonly width: number;
  readonly lowercase: boolean;
  /** What a word is. */
  readonly pattern: string;
  readonly table: PatternTable;
  /** Words that terms are made of. */
  readonly words: readonly string[];
  /** Terms as places of their words in `words`, with their columns. */
  readonly terms: readonly { readonly words: readonly number[]; readonly column: number }[];
}

/** A graph without texts, whose inputs are counts of terms instead. */
export interface TextSplit {
  readonly numeric: OnnxModel;
  readonly chains: readonly TextChain[];
  /** Inputs of texts that stay, and why. */
  readonly unwritten: readonly { readonly what: string; readonly reason: string; readonly instead: string }[];
}

const INSTEAD =
  "StringNormalizer (LOWER), Tokenizer, LabelEncoder and TfIdfVectorizer as stringModel writes them, or codes of a dictionary";

/** Terms are at most so many words long. */
const LONGEST = 64;

type Attributes = OnnxNode["attributes"];

interface Values {
  readonly int: number;
  readonly string: string;
  readonly ints: readonly number[];
  readonly strings: readonly string[];
}

/** An attribute, where it is there and of that type. */
function valueOf<Type extends keyof Values>(
  attributes: Attributes,
  name: string,
  type: Type,
): Values[Type] | undefined {
  const found = attributes[name];
  return found?.type === type ? (found.value as Values[Type]) : undefined;
}

class Refused extends Error {}

const refuse = (reason: string): never => {
  throw new Refused(reason);
};

/** The one node that reads a value, which is no output of the graph. */
function readerOf({ graph }: OnnxModel, name: string): OnnxNode {
  const readers = graph.nodes.filter(({ inputs }) => inputs.includes(name));
  const isGiven = graph.outputs.some((output) => output.name === name);
  if (readers.length !== 1 || isGiven)
    return refuse(`"${name}" is read by ${readers.length + Number(isGiven)}`);
  return readers[0]!;
}

function tokens({ attributes }: OnnxNode): { readonly pattern: string; readonly table: PatternTable } {
  const pattern = valueOf(attributes, "tokenexp", "string");
  if (pattern === undefined) return refuse("its Tokenizer has separators instead of a pattern");
  if (valueOf(attributes, "mark", "int") !== 0) return refuse("its Tokenizer marks beginnings and ends");
  if ((valueOf(attributes, "mincharnum", "int") ?? 1) !== 1)
    return refuse("its Tokenizer leaves short words out");
  const table = patternTable(pattern);
  return "unsupported" in table ? refuse(table.unsupported) : { pattern, table };
}

function numbersOf({ attributes }: OnnxNode): ReadonlyMap<string, number> {
  const keys = valueOf(attributes, "keys_strings", "strings");
  const values = valueOf(attributes, "values_int64s", "ints");
  if (keys === undefined || values === undefined || keys.length !== values.length)
    return refuse("its LabelEncoder does not number texts");
  if (keys.some((key) => key.includes("\u0000") || !key.isWellFormed()))
    return refuse("its LabelEncoder has a word that is no well-formed text without NUL");
  return new Map(keys.map((key, at) => [key, values[at]!]).toReversed() as [string, number][]);
}

function termsOf({ attributes }: OnnxNode, numbers: ReadonlyMap<string, number>) {
  const ints = (name: string): readonly number[] => valueOf(attributes, name, "ints") ?? [];
  if (valueOf(attributes, "mode", "string") !== "TF")
    return refuse("its TfIdfVectorizer weighs: only mode TF is written");
  if ((valueOf(attributes, "max_skip_count", "int") ?? 0) !== 0)
    return refuse("its TfIdfVectorizer skips words");
  if (attributes["weights"] !== undefined) return refuse("its TfIdfVectorizer has weights");
  const [pool, starts, columns] = [ints("pool_int64s"), ints("ngram_counts"), ints("ngram_indexes")];
  const least = valueOf(attributes, "min_gram_length", "int") ?? 1;
  const most = valueOf(attributes, "max_gram_length", "int") ?? 1;
  if (pool.length === 0 || most > LONGEST || starts.length < most)
    return refuse(`its TfIdfVectorizer has no pool of numbers, or terms of more than ${LONGEST} words`);
  const words: string[] = [];
  const placeOf = new Map<number, number>();
  const wordOf = new Map([...numbers].map(([word, number]) => [number, word]));
  if (wordOf.size < numbers.size) return refuse("its LabelEncoder gives several words one number");
  const terms: { words: readonly number[]; column: number }[] = [];
  let entry = 0;
  for (let length = 1; length <= starts.length; length++) {
    const end = starts[length] ?? pool.length;
    for (let at = starts[length - 1]!; at + length <= end; at += length) {
      const column = columns[entry++];
      if (column === undefined) return refuse("its TfIdfVectorizer has terms without a column");
      if (length < least || length > most) continue;
      const places = pool.slice(at, at + length).map((number) => {
        const word = wordOf.get(number);
        if (word === undefined) return -1;
        const place = placeOf.get(number) ?? words.length;
        if (place === words.length) {
          placeOf.set(number, place);
          words.push(word);
        }
        return place;
      });
      if (!places.includes(-1)) terms.push({ words: places, column });
    }
  }
  return { words, terms, width: columns.reduce((wide, column) => Math.max(wide, column + 1), 0) };
}

function chainFrom(
  model: OnnxModel,
  input: string,
): { readonly chain: TextChain; readonly nodes: readonly OnnxNode[] } {
  const nodes: OnnxNode[] = [];
  let at = input;
  const step = (op: string): OnnxNode => {
    const node = readerOf(model, at);
    if (node.op !== op) return refuse(`${node.op} reads it where ${op} is written`);
    nodes.push(node);
    at = node.outputs[0]!;
    return node;
  };
  let lowercase = false;
  if (readerOf(model, at).op === "StringNormalizer") {
    const { attributes } = step("StringNormalizer");
    const change = valueOf(attributes, "case_change_action", "string") ?? "NONE";
    if (change === "UPPER" || (valueOf(attributes, "stopwords", "strings") ?? []).length > 0)
      return refuse("its StringNormalizer does more than small letters");
    lowercase = change === "LOWER";
  }
  const words = tokens(step("Tokenizer"));
  const numbers = numbersOf(step("LabelEncoder"));
  if ([...numbers.values()].includes(valueOf(nodes.at(-1)!.attributes, "default_int64", "int") ?? -1))
    return refuse("its LabelEncoder gives unknown words the number of a known one");
  const terms = termsOf(step("TfIdfVectorizer"), numbers);
  return { chain: { input, counts: at, lowercase, ...words, ...terms }, nodes };
}

/** Takes the texts out of a graph: what four operators make of each becomes an input. */
export function splitTexts(model: OnnxModel): TextSplit {
  const chains: TextChain[] = [];
  const unwritten: { what: string; reason: string; instead: string }[] = [];
  const gone = new Set<OnnxNode>();
  const inputs = model.graph.inputs.map((input) => {
    if (input.elementType !== "string") return input;
    try {
      if (input.dims.length !== 1) refuse(`it has ${input.dims.length} axes, and one text a row is written`);
      const { chain, nodes } = chainFrom(model, input.name);
      chains.push(chain);
      nodes.forEach((node) => gone.add(node));
      return { name: chain.counts, elementType: "float32" as const, dims: [input.dims[0]!, chain.width] };
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      unwritten.push({
        what: `input "${input.name}"`,
        reason: `it is text, and ${error.message}`,
        instead: INSTEAD,
      });
      return input;
    }
  });
  if (chains.length === 0) return { numeric: model, chains, unwritten };
  const nodes = model.graph.nodes.filter((node) => !gone.has(node));
  return { numeric: { ...model, graph: { ...model.graph, inputs, nodes } }, chains, unwritten };
}
