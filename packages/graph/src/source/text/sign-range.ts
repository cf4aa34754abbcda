/** Ranges of code points, both ends included, in order. */
export type SignRanges = readonly (readonly [from: number, to: number])[];

/** The highest code point. */
export const LAST_SIGN = 0x10ffff;

let all: string | undefined;

/** Every code point but the surrogates, one after the other. */
function everySign(): string {
  if (all === undefined) {
    const parts: string[] = [];
    for (let from = 0; from <= LAST_SIGN; from += 0x800) {
      if (from === 0xd800) continue;
      parts.push(String.fromCodePoint(...Array.from({ length: 0x800 }, (_, at) => from + at)));
    }
    all = parts.join("");
  }
  return all;
}

/** The code point at a place of {@link everySign}: units of the first plane without surrogates, then pairs. */
function signAt(place: number): number {
  if (place < 0xd800) return place;
  return place < 0xf800 ? place + 0x800 : 0x10000 + (place - 0xf800) / 2;
}

const known = new Map<string, SignRanges>();

/** The code points that a part of a pattern is, which stands for one: `\p{L}`, `[^a-z]`; surrogates are left out. */
export function signRanges(part: string): SignRanges {
  let found = known.get(part);
  if (found === undefined) {
    found = Array.from(everySign().matchAll(new RegExp(`(?:${part})+`, "gu")), ({ 0: run, index }) => {
      const [from, to] = [signAt(index), signAt(index + run.length)];
      // A run over the gap of the surrogates ends behind it.
      return [from, (to === 0xe000 && from < 0xd800 ? 0xd800 : to) - 1] as const;
    });
    known.set(part, found);
  }
  return found;
}
