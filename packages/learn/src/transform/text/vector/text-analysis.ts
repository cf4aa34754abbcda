import { oneOf, illegalOption, positiveInteger } from "../../../net/check-option.ts";
import { gramTable } from "./gram-table.ts";
import { SPACE, SPACE_RUN, textForm, type AccentForm } from "./text-form.ts";
import { HASH_START, hashStep, scanWords } from "./word-scan.ts";
import { wordTable } from "./word-table.ts";

/** What becomes a term of a text. */
export interface TextAnalysisOptions {
  /** Words, characters, or characters within words with a space on either side. Default "word". */
  readonly analyzer?: "word" | "char" | "char_wb";
  /** Terms are sequences of so many words or characters, both ends included. Default [1, 1]. */
  readonly ngramRange?: readonly [number, number];
  /** Default true. */
  readonly lowercase?: boolean;
  /** Takes accents away: by decomposition, or with everything outside ASCII. Default "keep". */
  readonly stripAccents?: AccentForm | "keep";
  /**
   * What a word is, as the source of a regular expression with the flag u; its one group, if it has one, is the word.
   * Default: at least two letters, digits and low lines in a row, as scikit-learn's `(?u)\b\w\w+\b`.
   */
  readonly tokenPattern?: string;
  /** Words that are left out before sequences are made; `STOP_WORDS` has short lists. Default none. */
  readonly stopWords?: readonly string[];
}

/** Options with every default. */
export interface ResolvedAnalysis {
  readonly analyzer: "word" | "char" | "char_wb";
  readonly ngramRange: readonly [number, number];
  readonly lowercase: boolean;
  readonly stripAccents: AccentForm | "keep";
  readonly tokenPattern: string;
  readonly stopWords: readonly string[];
}

/** The default words as a pattern: at least two letters, digits and low lines in a row. */
export const DEFAULT_WORD = "[\\p{L}\\p{N}_][\\p{L}\\p{N}_]+";

/** The longest sequences. */
const LONGEST = 64;

/** @throws DEFINITION_ILLEGAL for an option that makes no sense. */
export function resolveAnalysis(who: string, options: TextAnalysisOptions): ResolvedAnalysis {
  const { lowercase = true, tokenPattern = "", stopWords = [] } = options;
  const analyzer = oneOf(who, "analyzer", { word: 0, char: 0, char_wb: 0 }, options.analyzer ?? "word");
  const stripAccents = oneOf(
    who,
    "stripAccents",
    { keep: 0, unicode: 0, ascii: 0 },
    options.stripAccents ?? "keep",
  );
  const range = options.ngramRange ?? [1, 1];
  const [least, most] = range;
  if (!Array.isArray(range) || range.length !== 2)
    throw illegalOption(who, "ngramRange", "two integers", String(range));
  positiveInteger(who, "ngramRange[0]", least);
  positiveInteger(who, "ngramRange[1]", most);
  if (least > most || most > LONGEST)
    throw illegalOption(who, "ngramRange", `rising integers up to ${LONGEST}`, `${least}, ${most}`);
  if (typeof lowercase !== "boolean")
    throw illegalOption(who, "lowercase", "true or false", String(lowercase));
  if (!Array.isArray(stopWords) || stopWords.some((word) => typeof word !== "string"))
    throw illegalOption(who, "stopWords", "a list of words", String(stopWords));
  if (analyzer !== "word" && (stopWords.length > 0 || tokenPattern !== ""))
    throw illegalOption(who, "analyzer", "word, as stopWords and tokenPattern are about words", analyzer);
  try {
    void new RegExp(tokenPattern, "gu");
  } catch (cause) {
    throw illegalOption(who, "tokenPattern", "the source of a regular expression", String(cause));
  }
  return Object.freeze({
    analyzer,
    ngramRange: Object.freeze([least, most] as const),
    lowercase,
    stripAccents,
    tokenPattern,
    stopWords: Object.freeze([...stopWords]),
  });
}

/** Finds the terms of texts. Terms have numbers in the order of their arrival. */
export interface TextAnalysis {
  /** Numbers of terms and of what they begin with; those that were never visited count 0. */
  readonly size: () => number;
  /** Tells each term of a text, again each time that it occurs. Unknown ones are left out once it is closed. */
  visit(text: string, term: (id: number) => void): void;
  name(id: number): string;
  /** The number of a term by its name, made when new. */
  place(name: string): number;
  /** From now on new terms are left out. */
  close(): void;
}

/** An analysis that has seen no text. */
export function textAnalysis(who: string, options: ResolvedAnalysis): TextAnalysis {
  return options.analyzer === "word" ? wordAnalysis(who, options) : charAnalysis(who, options);
}

/** The hash of all of a text, as {@link scanWords} gives it. */
function hashOf(text: string): number {
  let hash = HASH_START;
  for (let at = 0; at < text.length; at++) hash = hashStep(hash, text.charCodeAt(at));
  return hash;
}

function wordAnalysis(who: string, options: ResolvedAnalysis): TextAnalysis {
  const { ngramRange, lowercase, stripAccents, tokenPattern } = options;
  const [least, most] = ngramRange;
  const form = textForm(lowercase, stripAccents);
  const words = wordTable(who);
  for (const word of options.stopWords) words.intern(word, 0, word.length, hashOf(word));
  const stops = words.size();
  const grams = gramTable(who);
  const alone = most === 1;
  let symbols = new Int32Array(256);
  const pattern = tokenPattern === "" ? undefined : new RegExp(tokenPattern, "gu");

  /** The words of a text, as numbers, in `symbols`; how many there are. Stop words are gone. */
  let count = 0;
  const push = (id: number): void => {
    if (id >= 0 && id < stops) return;
    if (count === symbols.length) {
      const wider = new Int32Array(2 * count);
      wider.set(symbols);
      symbols = wider;
    }
    symbols[count++] = id;
  };
  let given = "";
  const take = (from: number, to: number, hash: number): void => push(words.intern(given, from, to, hash));

  const read = (text: string): void => {
    count = 0;
    given = form(text);
    if (pattern === undefined) {
      scanWords(given, take);
      return;
    }
    for (const match of given.matchAll(pattern)) {
      const word = match[1] ?? match[0];
      push(words.intern(word, 0, word.length, hashOf(word)));
    }
  };
  return Object.freeze({
    size: () => (alone ? words.size() : grams.size()),
    visit(text: string, term: (id: number) => void) {
      read(text);
      if (alone) {
        for (let at = 0; at < count; at++) if (symbols[at]! >= 0) term(symbols[at]!);
        return;
      }
      for (let from = 0; from + least <= count; from++) {
        let gram = -1;
        for (let to = from; to < Math.min(count, from + most); to++) {
          if (symbols[to]! < 0) break;
          gram = grams.next(gram, symbols[to]!);
          if (gram < 0) break;
          if (to - from + 1 >= least) term(gram);
        }
      }
    },
    name(id: number) {
      if (alone) return words.word(id);
      const parts: string[] = [];
      for (let gram = id; gram >= 0; gram = grams.parentOf(gram))
        parts.push(words.word(grams.symbolOf(gram)));
      return parts.toReversed().join(" ");
    },
    place(name: string) {
      if (alone) return words.intern(name, 0, name.length, hashOf(name));
      let gram = -1;
      for (const word of name.split(" "))
        gram = grams.next(gram, words.intern(word, 0, word.length, hashOf(word)));
      return gram;
    },
    close() {
      words.close();
      grams.close();
    },
  });
}

function charAnalysis(who: string, options: ResolvedAnalysis): TextAnalysis {
  const [least, most] = options.ngramRange;
  const form = textForm(options.lowercase, options.stripAccents);
  const within = options.analyzer === "char_wb";
  const grams = gramTable(who);

  /** The sequences of a stretch of characters; a word too short for any is one by itself. */
  const slide = (signs: readonly number[], word: boolean, term: (id: number) => void): void => {
    const count = signs.length;
    const shortest = word ? Math.min(least, count) : least;
    for (let from = 0; from + shortest <= count; from++) {
      let gram = -1;
      for (let to = from; to < Math.min(count, from + most); to++) {
        gram = grams.next(gram, signs[to]!);
        if (gram < 0) break;
        if (to - from + 1 >= shortest) term(gram);
      }
    }
  };
  const codes = (text: string): number[] => {
    const out: number[] = [];
    for (let at = 0; at < text.length; at++) {
      const code = text.codePointAt(at)!;
      out.push(code);
      if (code > 0xffff) at++;
    }
    return out;
  };
  return Object.freeze({
    size: grams.size,
    visit(text: string, term: (id: number) => void) {
      const given = form(text).replace(SPACE_RUN, " ");
      if (!within) slide(codes(given), false, term);
      else for (const word of given.split(SPACE)) if (word !== "") slide(codes(` ${word} `), true, term);
    },
    name(id: number) {
      const signs: number[] = [];
      for (let gram = id; gram >= 0; gram = grams.parentOf(gram)) signs.push(grams.symbolOf(gram));
      return String.fromCodePoint(...signs.toReversed());
    },
    place(name: string) {
      let gram = -1;
      for (const sign of codes(name)) gram = grams.next(gram, sign);
      return gram;
    },
    close: grams.close,
  });
}
