import { regionStart, replaceEnd, ruleFor, type SuffixRule } from "./suffix.ts";

const VOWELS = "aeiouy";

/** Words with a stem of their own. */
const EXCEPTIONS: ReadonlyMap<string, string> = new Map([
  ["skis", "ski"],
  ["skies", "sky"],
  ["dying", "die"],
  ["lying", "lie"],
  ["tying", "tie"],
  ["idly", "idl"],
  ["gently", "gentl"],
  ["ugly", "ugli"],
  ["early", "earli"],
  ["only", "onli"],
  ["singly", "singl"],
  ...["sky", "news", "howe", "atlas", "cosmos", "bias", "andes"].map((word) => [word, word] as const),
]);

/** Words that are left alone once their plural is gone. */
const FINISHED = new Set("inning outing canning herring earring proceed exceed succeed".split(" "));

const STEP_2: readonly SuffixRule[] = [
  ["ization", "ize"],
  ["ational", "ate"],
  ["fulness", "ful"],
  ["ousness", "ous"],
  ["iveness", "ive"],
  ["tional", "tion"],
  ["biliti", "ble"],
  ["lessli", "less"],
  ["entli", "ent"],
  ["ation", "ate"],
  ["alism", "al"],
  ["aliti", "al"],
  ["ousli", "ous"],
  ["iviti", "ive"],
  ["fulli", "ful"],
  ["enci", "ence"],
  ["anci", "ance"],
  ["abli", "able"],
  ["izer", "ize"],
  ["ator", "ate"],
  ["alli", "al"],
  ["bli", "ble"],
  ["ogi", "og"],
  ["li", ""],
];

const STEP_3: readonly SuffixRule[] = [
  ["ational", "ate"],
  ["tional", "tion"],
  ["alize", "al"],
  ["icate", "ic"],
  ["iciti", "ic"],
  ["ative", ""],
  ["ical", "ic"],
  ["ness", ""],
  ["ful", ""],
];

const STEP_4: readonly string[] =
  "ement ance ence able ible ment ant ent ism ate iti ous ive ize ion al er ic".split(" ");

const hasVowel = (text: string): boolean => /[aeiouy]/.test(text);

/** Whether a word ends in a short syllable: a vowel between consonants, or a vowel and a consonant alone. */
function endsShort(word: string): boolean {
  return /[^aeiouy][aeiouy][^aeiouywxY]$/.test(word) || /^[aeiouy][^aeiouy]$/.test(word);
}

/** Where the first region begins; after some beginnings it does at once. */
function firstRegion(word: string): number {
  const beginning = ["gener", "commun", "arsen"].find((one) => word.startsWith(one));
  return beginning?.length ?? regionStart(word, VOWELS, 0);
}

function plural(word: string): string {
  if (word.endsWith("sses")) return word.slice(0, -2);
  if (word.endsWith("ied") || word.endsWith("ies")) return replaceEnd(word, 3, word.length > 4 ? "i" : "ie");
  if (word.endsWith("us") || word.endsWith("ss") || !word.endsWith("s")) return word;
  return hasVowel(word.slice(0, -2)) ? word.slice(0, -1) : word;
}

function participle(word: string, r1: number): string {
  const ending = ["eedly", "ingly", "edly", "eed", "ing", "ed"].find((one) => word.endsWith(one));
  if (ending === undefined) return word;
  const stem = word.slice(0, -ending.length);
  if (ending.startsWith("ee")) return stem.length >= r1 ? `${stem}ee` : word;
  if (!hasVowel(stem)) return word;
  if (/(?:at|bl|iz)$/.test(stem)) return `${stem}e`;
  if (/(?:bb|dd|ff|gg|mm|nn|pp|rr|tt)$/.test(stem)) return stem.slice(0, -1);
  return endsShort(stem) && stem.length <= r1 ? `${stem}e` : stem;
}

function step2(word: string, r1: number): string {
  const rule = ruleFor(word, STEP_2);
  if (rule === undefined || word.length - rule[0].length < r1) return word;
  const [ending, instead] = rule;
  const before = word.at(-1 - ending.length) ?? "";
  if (ending === "li" && !"cdeghkmnrt".includes(before)) return word;
  if (ending === "ogi" && before !== "l") return word;
  return replaceEnd(word, ending.length, instead!);
}

function step3(word: string, r1: number, r2: number): string {
  const rule = ruleFor(word, STEP_3);
  if (rule === undefined) return word;
  const [ending, instead] = rule;
  return word.length - ending.length >= (ending === "ative" ? r2 : r1)
    ? replaceEnd(word, ending.length, instead!)
    : word;
}

function step4(word: string, r2: number): string {
  const ending = STEP_4.find((one) => word.endsWith(one));
  if (ending === undefined || word.length - ending.length < r2) return word;
  const stem = word.slice(0, -ending.length);
  return ending === "ion" && !/[st]$/.test(stem) ? word : stem;
}

function step5(word: string, r1: number, r2: number): string {
  const last = word.length - 1;
  if (word.endsWith("e")) {
    const stem = word.slice(0, -1);
    return last >= r2 || (last >= r1 && !endsShort(stem)) ? stem : word;
  }
  return word.endsWith("ll") && last >= r2 ? word.slice(0, -1) : word;
}

/**
 * The stem of an English word in lower case, by Snowball's English stemmer ("Porter 2"; M. Porter, 2001, in the form of 2006).
 * Regions are places in the word, as published; NLTK keeps them as texts, and leaves an e to a few words such as "actizer".
 *
 * @example
 * englishStem("generously"); // "generous"
 */
export function englishStem(given: string): string {
  let word = given.replace(/[\u2018\u2019\u201b]/g, "'");
  if (word.length <= 2) return word;
  const known = EXCEPTIONS.get(word);
  if (known !== undefined) return known;
  word = word.replace(/^'/, "");
  // A y that is a consonant.
  word = word.replace(/^y/, "Y").replace(/([aeiouy])y/g, "$1Y");
  const r1 = firstRegion(word);
  const r2 = regionStart(word, VOWELS, r1);
  word = plural(word.replace(/'s'$|'s$|'$/, ""));
  if (FINISHED.has(word)) return word;
  word = participle(word, r1);
  word = word.replace(/(?<=.[^aeiouy])[yY]$/, "i");
  word = step5(step4(step3(step2(word, r1), r1, r2), r2), r1, r2);
  return word.replaceAll("Y", "y");
}
