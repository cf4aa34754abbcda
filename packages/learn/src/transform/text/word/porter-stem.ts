import { replaceEnd, ruleFor, type SuffixRule } from "./suffix.ts";

const STEP_2: readonly SuffixRule[] = [
  ["ational", "ate"],
  ["tional", "tion"],
  ["enci", "ence"],
  ["anci", "ance"],
  ["izer", "ize"],
  ["abli", "able"],
  ["alli", "al"],
  ["entli", "ent"],
  ["eli", "e"],
  ["ousli", "ous"],
  ["ization", "ize"],
  ["ation", "ate"],
  ["ator", "ate"],
  ["alism", "al"],
  ["iveness", "ive"],
  ["fulness", "ful"],
  ["ousness", "ous"],
  ["aliti", "al"],
  ["iviti", "ive"],
  ["biliti", "ble"],
];

const STEP_3: readonly SuffixRule[] = [
  ["icate", "ic"],
  ["ative", ""],
  ["alize", "al"],
  ["iciti", "ic"],
  ["ical", "ic"],
  ["ful", ""],
  ["ness", ""],
];

const STEP_4: readonly SuffixRule[] = [
  ["al", ""],
  ["ance", ""],
  ["ence", ""],
  ["er", ""],
  ["ic", ""],
  ["able", ""],
  ["ible", ""],
  ["ant", ""],
  ["ement", ""],
  ["ment", ""],
  ["ent", ""],
  ["sion", "s"],
  ["tion", "t"],
  ["ou", ""],
  ["ism", ""],
  ["ate", ""],
  ["iti", ""],
  ["ous", ""],
  ["ive", ""],
  ["ize", ""],
];

function isConsonant(word: string, at: number): boolean {
  const sign = word[at]!;
  if ("aeiou".includes(sign)) return false;
  return sign !== "y" || at === 0 || !isConsonant(word, at - 1);
}

/** How often a consonant follows a vowel: the number of syllables, about. */
function measure(stem: string): number {
  let count = 0;
  for (let at = 1; at < stem.length; at++) if (isConsonant(stem, at) && !isConsonant(stem, at - 1)) count++;
  return count;
}

const hasVowel = (stem: string): boolean => [...stem].some((_, at) => !isConsonant(stem, at));

const endsDouble = (word: string): boolean =>
  word.length > 1 && word.at(-1) === word.at(-2) && isConsonant(word, word.length - 1);

/** Consonant, vowel, consonant other than w, x and y: the end of a short syllable that wants an e. */
function endsShort(word: string): boolean {
  const last = word.length - 1;
  return (
    last >= 2 &&
    isConsonant(word, last - 2) &&
    !isConsonant(word, last - 1) &&
    isConsonant(word, last) &&
    !"wxy".includes(word[last]!)
  );
}

/** Replaces the first ending that the word has, if the stem before it is longer than `least`. */
function replaced(word: string, rules: readonly SuffixRule[], least: number): string {
  const rule = ruleFor(word, rules);
  if (rule === undefined) return word;
  const [ending, instead] = rule;
  const made = replaceEnd(word, ending.length, instead!);
  // Of "sion" and "tion" the first sign belongs to the stem.
  const stem = ending === "sion" || ending === "tion" ? made : replaceEnd(word, ending.length, "");
  return measure(stem) > least ? made : word;
}

function step1(given: string): string {
  let word = given;
  if (word.endsWith("sses") || word.endsWith("ies")) word = word.slice(0, -2);
  else if (word.endsWith("s") && !word.endsWith("ss")) word = word.slice(0, -1);
  if (word.endsWith("eed")) {
    if (measure(word.slice(0, -3)) > 0) word = word.slice(0, -1);
  } else {
    const ending = ["ed", "ing"].find((one) => word.endsWith(one));
    if (ending !== undefined && hasVowel(word.slice(0, -ending.length))) {
      word = word.slice(0, -ending.length);
      if (/(?:at|bl|iz)$/.test(word)) word += "e";
      else if (endsDouble(word)) word = /[lsz]$/.test(word) ? word : word.slice(0, -1);
      else if (measure(word) === 1 && endsShort(word)) word += "e";
    }
  }
  return word.endsWith("y") && hasVowel(word.slice(0, -1)) ? replaceEnd(word, 1, "i") : word;
}

/**
 * The stem of an English word in lower case: M. Porter, "An algorithm for suffix stripping", 1980, as printed. Words of one and
 * two letters stay as they are, as in the author's programs.
 *
 * @example
 * porterStem("relational"); // "relat"
 */
export function porterStem(given: string): string {
  if (given.length <= 2) return given;
  let word = replaced(replaced(step1(given), STEP_2, 0), STEP_3, 0);
  word = replaced(word, STEP_4, 1);
  if (word.endsWith("e")) {
    const stem = word.slice(0, -1);
    if (measure(stem) > 1 || (measure(stem) === 1 && !endsShort(stem))) word = stem;
  }
  return word.endsWith("ll") && measure(word.slice(0, -1)) > 1 ? word.slice(0, -1) : word;
}
