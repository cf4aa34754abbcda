import { regionStart } from "./suffix.ts";

const VOWELS = "aeiouy\u00e4\u00f6\u00fc";
const BETWEEN = /([aeiouy\u00e4\u00f6\u00fc])([uy])([aeiouy\u00e4\u00f6\u00fc])/g;

/** The longest of some endings that a word has. */
function endingOf(word: string, endings: readonly string[]): string | undefined {
  return endings.find((ending) => word.endsWith(ending));
}

function step1(word: string, r1: number): string {
  const ending = endingOf(word, ["ern", "em", "er", "en", "es", "e", "s"]);
  if (ending === undefined || word.length - ending.length < r1) return word;
  const stem = word.slice(0, -ending.length);
  if (ending === "s") return /[bdfghklmnrt]$/.test(stem) ? stem : word;
  const vowelled = ending === "e" || ending === "en" || ending === "es";
  return vowelled && stem.endsWith("niss") ? stem.slice(0, -1) : stem;
}

function step2(word: string, r1: number): string {
  const ending = endingOf(word, ["est", "en", "er", "st"]);
  if (ending === undefined || word.length - ending.length < r1) return word;
  const stem = word.slice(0, -ending.length);
  if (ending !== "st") return stem;
  return stem.length >= 4 && /[bdfghklmnt]$/.test(stem) ? stem : word;
}

function step3(word: string, r1: number, r2: number): string {
  const ending = endingOf(word, ["heit", "isch", "keit", "lich", "end", "ung", "ig", "ik"]);
  if (ending === undefined || word.length - ending.length < r2) return word;
  let stem = word.slice(0, -ending.length);
  switch (ending) {
    case "end":
    case "ung":
      return stem.endsWith("ig") && !stem.endsWith("eig") && stem.length - 2 >= r2 ? stem.slice(0, -2) : stem;
    case "ig":
    case "ik":
    case "isch":
      return stem.endsWith("e") ? word : stem;
    case "lich":
    case "heit":
      return /e[rn]$/.test(stem) && stem.length - 2 >= r1 ? stem.slice(0, -2) : stem;
    default: {
      const more = endingOf(stem, ["lich", "ig"]);
      if (more !== undefined && stem.length - more.length >= r2) stem = stem.slice(0, -more.length);
      return stem;
    }
  }
}

/**
 * The stem of a German word in lower case, by Snowball's German stemmer (M. Porter, 2001, in the form of 2006): without endings,
 * umlauts and sharp s.
 *
 * @example
 * germanStem("aufeinanderfolgenden"); // "aufeinanderfolg"
 */
export function germanStem(given: string): string {
  let word = given.replaceAll("\u00df", "ss");
  // Between vowels u and y are consonants.
  word = word.replace(
    BETWEEN,
    (_, left: string, sign: string, right: string) => left + sign.toUpperCase() + right,
  );
  const found = regionStart(word, VOWELS, 0);
  const r2 = regionStart(word, VOWELS, found);
  const r1 = Math.max(3, found);
  word = step3(step2(step1(word, r1), r1), r1, r2);
  const plain: Readonly<Record<string, string>> = {
    "\u00e4": "a",
    "\u00f6": "o",
    "\u00fc": "u",
    U: "u",
    Y: "y",
  };
  return word.replace(/[\u00e4\u00f6\u00fcUY]/g, (sign) => plain[sign]!);
}
