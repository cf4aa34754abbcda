import { illegalOption, oneOf } from "../../../net/check-option.ts";
import { englishStem } from "./english-stem.ts";
import { germanStem } from "./german-stem.ts";
import { porterStem } from "./porter-stem.ts";

/** Stemmers by name. */
export const STEMMERS = Object.freeze({
  porter: porterStem,
  english: englishStem,
  german: germanStem,
}) satisfies Readonly<Record<string, (word: string) => string>>;

/** The name of a stemmer. */
export type Stemmer = keyof typeof STEMMERS;

/** What {@link wordForm} takes. */
export interface WordFormOptions {
  /** What becomes of a word that `lemmas` does not have. Default "keep". */
  readonly stem?: Stemmer | "keep";
  /** Base forms by word, in lower case: a table of your own, as none is part of this package. Default none. */
  readonly lemmas?: Readonly<Record<string, string>>;
}

/** Words remembered at most; then all are forgotten. */
const REMEMBERED = 65_536;

/**
 * A function that puts every word of a text into its base form: by a table, then by a stemmer. Words are runs of letters, marks
 * and apostrophes; what is between them stays as it is. The text is put into lower case first.
 *
 * @throws DEFINITION_ILLEGAL for a stemmer that there is not, or a table with other than texts.
 * @example
 * wordForm({ stem: "english", lemmas: { went: "go" } })("They went running"); // "they go run"
 */
export function wordForm(options: WordFormOptions = {}): (text: string) => string {
  const who = "wordForm";
  const stem = oneOf(who, "stem", { ...STEMMERS, keep: 0 }, options.stem ?? "keep");
  const lemmas = new Map(Object.entries(options.lemmas ?? {}));
  for (const [word, lemma] of lemmas)
    if (typeof lemma !== "string") throw illegalOption(who, `lemmas["${word}"]`, "a text", String(lemma));
  const stemmed = stem === "keep" ? (word: string) => word : STEMMERS[stem];
  const known = new Map<string, string>();
  return (text) =>
    text.toLowerCase().replace(/\p{L}[\p{L}\p{M}'\u2019]*/gu, (word) => {
      let form = known.get(word);
      if (form === undefined) {
        form = lemmas.get(word) ?? stemmed(word);
        if (known.size >= REMEMBERED) known.clear();
        known.set(word, form);
      }
      return form;
    });
}
