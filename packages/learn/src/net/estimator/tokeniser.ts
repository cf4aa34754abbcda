import { oneOf, positiveInteger } from "../check-option.ts";

/** What {@link tokeniser} takes. */
export interface TokeniserOptions {
  /** Default "word". */
  readonly unit?: "word" | "character";
  /** Tokens of a text; a longer one is cut, a shorter one filled up. Default 64 words or 256 characters. */
  readonly length?: number;
  /** Tokens seen less often in the training texts are unknown. Default 2. */
  readonly minimumCount?: number;
  /** Tokens kept at most, the most frequent ones. Default 20000. */
  readonly vocabulary?: number;
}

/** A fitted tokeniser: texts to numbers, frozen. */
export interface Tokeniser {
  readonly unit: "word" | "character";
  readonly length: number;
  /** The token of number `i + 2`: 0 fills up, 1 stands for what is unknown. */
  readonly tokens: readonly string[];
  /** Numbers that there are: tokens and the two others. */
  readonly size: number;
  /** [texts, length], row-major. */
  encode(texts: readonly string[]): Int32Array;
}

/** The number that fills a text up. */
export const FILLING = 0;
const UNKNOWN = 1;
const FIRST = 2;

const UNITS = {
  word: { length: 64, split: words },
  character: { length: 256, split: (text: string) => [...normal(text)] },
} satisfies Record<string, { readonly length: number; readonly split: (text: string) => string[] }>;

/**
 * Texts to numbers by a vocabulary of the training texts. A text is put into Unicode's normal form NFKC and lower case.
 * Words are runs of letters (with marks and apostrophes within); a run of digits counts only by its length (`#5` for a
 * short code: numbers themselves do not repeat, how long they are does); any other sign is a token of its own. With
 * "character" each code point is one. More frequent tokens come first, equals in order of code units.
 *
 * @throws DEFINITION_ILLEGAL for an option out of range.
 * @example
 * const fitted = tokeniser({ length: 3 }).fit(["Call 85555 now!", "call me at home"]);
 * fitted.tokens; // ["call"]: the others were seen once, see minimumCount
 * fitted.encode(["call me"]); // Int32Array [2, 1, 0]: "call", unknown, filling
 */
export function tokeniser(options: TokeniserOptions = {}): { fit(texts: readonly string[]): Tokeniser } {
  const { minimumCount = 2, vocabulary = 20_000 } = options;
  const unit = oneOf("tokeniser", "unit", UNITS, options.unit ?? "word");
  const length = positiveInteger("tokeniser", "length", options.length ?? UNITS[unit].length);
  positiveInteger("tokeniser", "minimumCount", minimumCount);
  positiveInteger("tokeniser", "vocabulary", vocabulary);
  return Object.freeze({
    fit(texts: readonly string[]) {
      const counts = new Map<string, number>();
      for (const text of texts)
        for (const token of UNITS[unit].split(text)) counts.set(token, (counts.get(token) ?? 0) + 1);
      const tokens = [...counts]
        .filter(([, count]) => count >= minimumCount)
        .sort(([left, many], [right, more]) => more - many || (left < right ? -1 : 1))
        .slice(0, vocabulary)
        .map(([token]) => token);
      return fittedTokeniser({ unit, length, tokens });
    },
  });
}

/** A tokeniser from its parts, for one that was stored. */
export function fittedTokeniser(parts: Pick<Tokeniser, "unit" | "length" | "tokens">): Tokeniser {
  const { unit, length } = parts;
  const tokens = Object.freeze([...parts.tokens]);
  const numbers = new Map(tokens.map((token, at) => [token, at + FIRST]));
  return Object.freeze({
    unit,
    length,
    tokens,
    size: tokens.length + FIRST,
    encode(texts: readonly string[]) {
      const out = new Int32Array(texts.length * length).fill(FILLING);
      for (const [row, text] of texts.entries())
        for (const [at, token] of UNITS[unit].split(text).slice(0, length).entries())
          out[row * length + at] = numbers.get(token) ?? UNKNOWN;
      return out;
    },
  });
}

function normal(text: string): string {
  return text.normalize("NFKC").toLowerCase();
}

function words(text: string): string[] {
  const found = normal(text).match(/\p{L}[\p{L}\p{M}'\u2019]*|\p{N}+|[^\s\p{L}\p{N}]/gu) ?? [];
  return found.map((token) => (/^\p{N}/u.test(token) ? `#${Math.min(token.length, 12)}` : token));
}
