/**
 * The signs that stand for bytes in byte-level vocabularies: a byte that is a visible sign of Latin-1 stands for itself,
 * the others, in their order, are the code points from 256 on (A. Radford et al., "Language models are unsupervised
 * multitask learners", 2019).
 */
export const BYTE_SIGNS: readonly string[] = Object.freeze(signs());

/** The byte that a sign stands for. */
export const BYTE_OF_SIGN: ReadonlyMap<string, number> = new Map(
  BYTE_SIGNS.map((sign, byte) => [sign, byte]),
);

function signs(): string[] {
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) => {
    const visible = (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
    return String.fromCodePoint(visible ? byte : next++);
  });
}

const utf8 = new TextEncoder();
// Only signs of ASCII that stand for themselves: nothing to translate.
const PLAIN = /^[!-~]*$/;

/** A text as the signs of its bytes in UTF-8. */
export function byteSigns(text: string): string {
  if (PLAIN.test(text)) return text;
  let out = "";
  for (const byte of utf8.encode(text)) out += BYTE_SIGNS[byte]!;
  return out;
}
