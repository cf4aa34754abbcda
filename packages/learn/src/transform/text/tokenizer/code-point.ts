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
