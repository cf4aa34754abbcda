import { tidelineError } from "@tideline/spec/error";

/** Codes of texts as they come: what readers make string columns with. */
export interface DictionaryBuilder {
  /** The code of a text, a new one where it is new; of `null`, -1. */
  codeOf(text: string | null): number;
  /** Texts so far. */
  readonly size: number;
  /** The texts so far, by code. The array is not written to afterwards. */
  dictionary(): readonly string[];
}

/** Distinct texts that one dictionary may have: what a `Map` of V8 holds. */
export const MOST_TEXTS = 2 ** 24 - 1;

/**
 * Starts a dictionary. Codes are given in the order in which texts first come.
 *
 * @throws DATA_MALFORMED from `codeOf` beyond {@link MOST_TEXTS}.
 */
export function dictionaryBuilder(): DictionaryBuilder {
  const codes = new Map<string, number>();
  let texts: string[] = [];
  let shared = false;
  return {
    codeOf(text) {
      if (text === null) return -1;
      const known = codes.get(text);
      if (known !== undefined) return known;
      if (codes.size >= MOST_TEXTS) throw tooMany();
      if (shared) {
        texts = [...texts];
        shared = false;
      }
      codes.set(text, texts.length);
      return texts.push(text) - 1;
    },
    get size() {
      return texts.length;
    },
    dictionary() {
      shared = true;
      return texts;
    },
  };
}

function tooMany(): Error {
  return tidelineError("DATA_MALFORMED", {
    who: "dictionaryBuilder",
    expected: `at most ${MOST_TEXTS} different texts in a column`,
    received: "more",
    remedy: "Leave out a column of identifiers, or read it in pieces.",
  });
}
