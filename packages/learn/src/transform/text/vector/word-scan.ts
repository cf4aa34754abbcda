/** Code units of word characters, for the scan below: 0 none, 1 a word character, 2 half of a surrogate pair. */
let classes: Uint8Array | undefined;

function unitClasses(): Uint8Array {
  if (classes !== undefined) return classes;
  const word = /[\p{L}\p{N}_]/u;
  classes = new Uint8Array(65536);
  for (let unit = 0; unit < 65536; unit++)
    classes[unit] = unit >= 0xd800 && unit < 0xe000 ? 2 : word.test(String.fromCharCode(unit)) ? 1 : 0;
  return classes;
}

const ASTRAL_WORD = /[\p{L}\p{N}]/u;

/** Told of each word: its place, and a hash of its code units. */
export type WordVisitor = (from: number, to: number, hash: number) => void;

/** A hash of code units: FNV-1a (G. Fowler et al., 1991) in 32 bits, a step for each unit. */
export const HASH_START = 0x811c9dc5 | 0;
/** The next value of the hash. */
export const hashStep = (hash: number, unit: number): number => Math.imul(hash ^ unit, 0x01000193);

/**
 * Finds the words that scikit-learn's default pattern `(?u)\b\w\w+\b` finds: runs of at least two letters, digits and low
 * lines of all scripts (marks divide). One pass over the code units, no string for a word.
 */
export function scanWords(text: string, visit: WordVisitor): void {
  const table = unitClasses();
  const { length } = text;
  for (let at = 0; at < length;) {
    const from = at;
    let hash = HASH_START;
    let signs = 0;
    for (; at < length; at++) {
      const unit = text.charCodeAt(at);
      const kind = table[unit]!;
      if (kind === 0) break;
      if (kind === 2) {
        const code = text.codePointAt(at)!;
        if (code <= 0xffff || !ASTRAL_WORD.test(String.fromCodePoint(code))) break;
        hash = hashStep(hash, unit);
        at++;
        hash = hashStep(hash, text.charCodeAt(at));
      } else hash = hashStep(hash, unit);
      signs++;
    }
    if (signs > 1) visit(from, at, hash);
    if (at === from || at < length) at++;
  }
}
