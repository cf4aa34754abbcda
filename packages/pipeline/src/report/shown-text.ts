/** Characters of a name or value that are shown. */
const WIDTH = 80;

/** What a reader would not see: controls, formats (direction, zero width, tags), lone surrogates, spaces but the usual one, fillers. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Noncharacter_Code_Point}\p{Z}\u115f\u1160\u2800\u3164\uffa0]/gu;

/** More marks on a letter than any script needs: they would paint over the lines around. */
const STACKED = /(\p{M}{4})\p{M}+/gu;

/**
 * Text of a file as a person can tell it from others: what cannot be seen is written as `\u{202e}`, spaces at the ends as `␠`,
 * the empty text as `""`, and what is longer than `width` characters is cut.
 */
export function shownText(text: string, width = WIDTH): string {
  if (text === "") return '""';
  // A value may be as long as a book; a character has two units at most.
  const head = text.slice(0, 2 * width + 2);
  const seen = head
    .replaceAll(UNSEEN, (sign, at: number) => (sign === " " || joins(head, sign, at) ? sign : escape(sign)))
    .replaceAll(STACKED, "$1\u2026")
    .replaceAll(/^ +| +$/gu, (spaces) => "\u2420".repeat(spaces.length));
  const letters = [...seen];
  if (letters.length <= width && head === text) return seen;
  return `${letters.slice(0, width - 1).join("")}\u2026`;
}

const PICTURE = /[\p{Extended_Pictographic}\p{Emoji_Modifier}\ufe0f]$/u;
const JOINED =
  /[\p{Script=Arabic}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Gurmukhi}\p{Script=Gujarati}\p{Script=Tamil}\p{Script=Telugu}\p{Script=Kannada}\p{Script=Malayalam}\p{Script=Sinhala}\p{Script=Khmer}\p{Script=Myanmar}]$/u;

/** Whether it is a joiner where a script or an emoji needs it. */
function joins(text: string, sign: string, at: number): boolean {
  if (sign !== "\u200c" && sign !== "\u200d") return false;
  const before = text.slice(Math.max(0, at - 2), at);
  if (PICTURE.test(before)) return /^\p{Extended_Pictographic}/u.test(text.slice(at + 1, at + 3));
  return JOINED.test(before);
}

function escape(sign: string): string {
  return `\\u{${sign.codePointAt(0)!.toString(16)}}`;
}
