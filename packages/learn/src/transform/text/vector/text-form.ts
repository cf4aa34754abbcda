const SPACES = "[\\p{White_Space}\\x1c-\\x1f]";

/** Runs of at least two spaces, which character n-grams see as one. Space is what Python's `str.isspace` says. */
export const SPACE_RUN = new RegExp(`${SPACES}{2,}`, "gu");

/** What words are divided by for character n-grams. */
export const SPACE = new RegExp(`${SPACES}+`, "u");

/** How accents go: by decomposition without marks, or by ASCII alone. */
export type AccentForm = "unicode" | "ascii";

/** A function that puts a text in lower case and takes its accents away. */
export function textForm(lowercase: boolean, accents: AccentForm | "keep"): (text: string) => string {
  const lower = lowercase ? (text: string) => text.toLowerCase() : (text: string) => text;
  if (accents === "keep") return lower;
  if (accents === "ascii")
    return (text) =>
      lower(text)
        .normalize("NFKD")
        .replace(/[\u0080-\uffff]+/g, "");
  return (text) => {
    const plain = lower(text);
    if (!/[\u0080-\uffff]/.test(plain)) return plain;
    return plain.normalize("NFKD").replace(/\p{M}/gu, (mark) => (combines(mark) ? "" : mark));
  };
}

const known = new Map<string, boolean>();

/**
 * Whether a mark's canonical combining class is other than 0, which is what `unicodedata.combining` tells: normalisation
 * then reorders it behind a mark of a lower class (U+0334 has 1) or before one of a higher (U+0345 has 240).
 */
function combines(mark: string): boolean {
  let found = known.get(mark);
  if (found === undefined) {
    const [low, high] = ["\u0334", "\u0345"];
    found =
      mark === low ||
      mark === high ||
      (mark + low).normalize("NFD") !== mark + low ||
      (high + mark).normalize("NFD") !== high + mark;
    known.set(mark, found);
  }
  return found;
}
