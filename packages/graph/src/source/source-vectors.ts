import { ELEMENT_TYPES, type ElementType } from "../element-type.ts";
import { interpret } from "../interpret.ts";
import { illegal } from "../op/op-definition.ts";
import type { OnnxModel } from "../onnx.ts";
import { ofOneRow, type Dictionaries } from "./lower.ts";
import { countTerms } from "./text/count-terms.ts";
import { splitTexts, type TextChain } from "./text/text-chain.ts";
import { OTHER_TEXT, otherCode } from "./source-unit.ts";

/** How inputs are made up. */
export interface SourceVectorOptions {
  /** Decides every number. */
  readonly seed: number;
  /** How many rows, 1 to 10,000. */
  readonly count: number;
  /** What inputs of codes stand for, as for `writeSource`. */
  readonly dictionaries?: Dictionaries;
  /**
   * The lowest and highest usual number of an input; where nothing is said -3 to 3, but of numbers of 8 bits all that there are.
   * Whole numbers stay within what their type holds.
   */
  readonly ranges?: Readonly<Record<string, readonly [low: number, high: number]>>;
  /** Whether numbers are missing now and then: they are by default. */
  readonly missing?: boolean;
}

/** Rows that were made up, and what the graph says of them. */
export interface SourceVectors {
  /** By input, a row after another: numbers, or texts where there is a dictionary (null: missing). */
  readonly inputs: Readonly<Record<string, readonly (number | string | null)[]>>;
  /** By output, a row after another; by the interpreter, in float64. */
  readonly outputs: Readonly<Record<string, readonly number[]>>;
  readonly count: number;
  /** How far source may be from `outputs`, as a share of the number or of 1 where that is more; 1e-5 where nothing is said. */
  readonly tolerance?: number;
}

/** Numbers from 0 up to 1, from a seed (mulberry32). */
function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** What trees compare numbers with, and their neighbours among float32. */
function bounds(model: OnnxModel): Float32Array {
  const found = model.graph.nodes.flatMap(({ attributes }) => {
    const { nodes_values: values } = attributes;
    return values?.type === "floats" ? values.value : [];
  });
  return Float32Array.from(new Set(found));
}

/** A number, or the next float32 above or below it. */
function beside(next: () => number, given: number): number {
  const view = new DataView(new ArrayBuffer(4));
  view.setFloat32(0, given);
  if (given !== 0 && Number.isFinite(given)) view.setInt32(0, view.getInt32(0) + Math.floor(3 * next()) - 1);
  return view.getFloat32(0);
}

/** The lowest and highest number of types that hold less than a draw may give. */
const LIMITS: Readonly<Partial<Record<ElementType, readonly [low: number, high: number]>>> = {
  int8: [-128, 127],
  uint8: [0, 255],
  int16: [-32_768, 32_767],
  uint16: [0, 65_535],
  int32: [-2_147_483_648, 2_147_483_647],
  uint32: [0, 4_294_967_295],
  uint64: [0, Number.MAX_SAFE_INTEGER],
};

/** What is usual where nothing is said. */
const usual = (type: ElementType): readonly [low: number, high: number] =>
  ELEMENT_TYPES[type].bytes === 1 && ELEMENT_TYPES[type].kind === "int" ? LIMITS[type]! : [-3, 3];

/** A number that was drawn, as an input's type has it. */
function fitted(type: ElementType, drawn: number): number {
  if (type === "float32") return Math.fround(drawn);
  if (type === "bool") return Math.abs(drawn) % 2;
  const [low, high] = LIMITS[type] ?? [-Infinity, Infinity];
  return Math.min(Math.max(drawn, low), high);
}

/** A text that no dictionary has: beyond ASCII and the first plane, with what literals must escape. */
const UNSEEN = 'un$een \u00e9\u6771\u{1F600}"\\\n';

/**
 * Rows to hold source against the graph: numbers within ranges, at their ends, ten times beyond, whole ones, 0 and missing
 * ones; what trees compare with and its neighbours; known, unseen and missing texts. Made up from a seed, of nobody. What the interpreter says of them comes with them.
 *
 * @throws GRAPH_ILLEGAL for a count out of 1 to 10,000 or a graph that does not hold.
 * @example
 * const vectors = sourceVectors(model, { seed: 1, count: 64, dictionaries });
 */
export function sourceVectors(
  given: OnnxModel,
  { seed, count, dictionaries = {}, ranges = {}, missing = true }: SourceVectorOptions,
): SourceVectors {
  if (!Number.isInteger(count) || count < 1 || count > 10_000)
    throw illegal("sourceVectors", "count", "1 to 10000", String(count));
  const { numeric, chains } = splitTexts(given);
  const model = ofOneRow(numeric);
  const chainOf = new Map(chains.map((chain) => [chain.counts, chain]));
  const next = random(seed);
  const thresholds = bounds(model);
  const inputs: Record<string, (number | string | null)[]> = {};
  const outputs: Record<string, number[]> = Object.fromEntries(
    model.graph.outputs.map(({ name }) => [name, []]),
  );
  for (const { name } of given.graph.inputs) inputs[name] = [];
  for (let row = 0; row < count; row++) {
    const feeds = model.graph.inputs.map(({ name, elementType, dims }) => {
      const sizes = dims as readonly number[];
      const size = sizes.reduce((product, dim) => product * dim, 1);
      const chain = chainOf.get(name);
      if (chain !== undefined) {
        const text = drawSentence(next, chain);
        inputs[chain.input]!.push(text);
        return [name, { dims: sizes, values: countTerms(text ?? "", chain) }] as const;
      }
      const dictionary = Object.hasOwn(dictionaries, name) ? dictionaries[name]! : undefined;
      const range = Object.hasOwn(ranges, name) ? ranges[name]! : usual(elementType);
      const isWhole = ["int", "bool"].includes(ELEMENT_TYPES[elementType].kind);
      const values = Array.from({ length: size }, () => {
        if (dictionary === undefined) {
          const isBound = thresholds.length > 0 && !isWhole && next() < 0.3;
          const drawn = isBound
            ? beside(next, thresholds[Math.floor(next() * thresholds.length)]!)
            : draw(next, range[0], range[1], isWhole, missing);
          const value = fitted(elementType, drawn);
          inputs[name]!.push(value);
          return value;
        }
        const text = drawText(next, dictionary);
        inputs[name]!.push(text);
        return text === null || text === "" ? -1 : codeOf(dictionary, text);
      });
      return [name, { dims: sizes, values }] as const;
    });
    for (const [name, { values }] of Object.entries(interpret(model, Object.fromEntries(feeds))))
      outputs[name]!.push(...values);
  }
  return Object.freeze({ inputs, outputs, count });
}

function draw(next: () => number, low: number, high: number, isWhole: boolean, isMissing: boolean): number {
  const choice = next();
  const value = low + (high - low) * next();
  if (isWhole) return Math.round(value);
  if (choice < 0.08) return isMissing ? Number.NaN : value;
  if (choice < 0.12) return 0;
  if (choice < 0.16) return low;
  if (choice < 0.2) return high;
  if (choice < 0.26) return value * 10;
  return choice < 0.4 ? Math.round(value) : value;
}

function drawText(next: () => number, dictionary: readonly string[]): string | null {
  const choice = next();
  const text = dictionary[Math.floor(next() * dictionary.length)];
  if (choice < 0.08) return null;
  if (choice < 0.12) return "";
  return choice < 0.25 || text === undefined || text === OTHER_TEXT ? UNSEEN : text;
}

/** What stands between words, and what is hard to tell from one: sigmas, a dotted I, marks, signs beyond the first plane. */
const BETWEEN = [
  " ",
  "  ",
  ", ",
  "! ",
  "-",
  "\n",
  "\u00a0",
  " \u03a3 ",
  "\u03a3",
  "\u0130",
  "\u0301",
  "'",
  "\u{1F600} ",
  "_",
  "7",
];

/** A text of the chain's words in any case, of signs of all of Unicode, and of what stands between. */
function drawSentence(next: () => number, { words }: TextChain): string | null {
  const pick = <T>(list: readonly T[]): T | undefined => list[Math.floor(next() * list.length)];
  const choice = next();
  if (choice < 0.05) return null;
  const parts = Array.from({ length: Math.floor(24 * choice) }, () => {
    const kind = next();
    const word = pick(words) ?? "";
    if (kind < 0.4) return `${word} `;
    if (kind < 0.5) return `${word.toUpperCase()} `;
    if (kind < 0.55) return word;
    if (kind < 0.8) return pick(BETWEEN)!;
    const sign = 1 + Math.floor(next() * (kind < 0.9 ? 0x3000 : 0x10fffe));
    return sign >= 0xd800 && sign < 0xe000 ? "\ufffd" : String.fromCodePoint(sign);
  });
  return parts.join("");
}

/** The code of a text, as generated source looks it up. */
function codeOf(dictionary: readonly string[], text: string): number {
  const at = dictionary.indexOf(text);
  return at < 0 ? otherCode(dictionary) : at;
}
