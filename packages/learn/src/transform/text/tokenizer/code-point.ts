/**
 * Classes of code points as tokenizers see them, for character classes of patterns with the flag u. Newer characters
 * belong to the class that the running engine's Unicode gives them.
 */
export const WHITE_SPACE = "\\p{White_Space}";
/** Numbers of all scripts: digits, fractions, Roman numerals, circled ones. */
export const NUMERIC = "\\p{N}";
/** Ideographs of the blocks that BERT sets apart; Kana and Hangul are not among them. */
export const IDEOGRAPH =
  "\\u{4E00}-\\u{9FFF}\\u{3400}-\\u{4DBF}\\u{20000}-\\u{2A6DF}\\u{2A700}-\\u{2B73F}\\u{2B740}-\\u{2B81F}\\u{2B920}-\\u{2CEAF}\\u{F900}-\\u{FAFF}\\u{2F800}-\\u{2FA1F}";

/** Lower case of each code point on its own: a final sigma is one like others. */
export function lowerEach(text: string): string {
  return (text.includes("\u03a3") ? text.replaceAll("\u03a3", "\u03c3") : text).toLowerCase();
}

const SPACE = /^\p{White_Space}$/u;

/**
 * Where the white space begins that ends at a place, but not before `from`: a walk back, one step for each code unit of it. (A
 * pattern that ends in `+$` begins anew at every space of the text, a square of steps.) No white space is beyond U+FFFF.
 */
export function spaceStart(text: string, end: number, from = 0): number {
  while (end > from && SPACE.test(text[end - 1]!)) end--;
  return end;
}

/** Where the white space ends that begins at a place. */
export function spaceEnd(text: string, from: number): number {
  while (from < text.length && SPACE.test(text[from]!)) from++;
  return from;
}

/** The character that ends at a place, both halves of it; nothing at the start. */
export function characterBefore(text: string, end: number): string {
  const wide = end > 1 && /^[\ud800-\udbff][\udc00-\udfff]$/.test(text.slice(end - 2, end));
  return text.slice(Math.max(0, end - (wide ? 2 : 1)), end);
}
