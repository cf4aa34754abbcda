import type { TextChain } from "./text-chain.ts";

/**
 * How often each term is in a text: the oracle, by ECMAScript's own small letters and regular expressions. What is no
 * character, half of a pair, divides words.
 */
export function countTerms(
  text: string,
  { width, lowercase, pattern, words, terms }: TextChain,
): Float64Array {
  const places = new Map(words.map((word, place) => [word, place]));
  const columns = new Map(terms.map((term) => [term.words.join(), term.column]));
  const longest = terms.reduce((most, term) => Math.max(most, term.words.length), 0);
  const given = text.toWellFormed();
  const found = Array.from(
    (lowercase ? given.toLowerCase() : given).matchAll(new RegExp(pattern, "gu")),
    ([word]) => places.get(word) ?? -1,
  );
  const counts = new Float64Array(width);
  for (let from = 0; from < found.length; from++)
    for (let to = from + 1; to <= Math.min(found.length, from + longest); to++) {
      const column = columns.get(found.slice(from, to).join());
      if (column !== undefined) counts[column]!++;
    }
  return counts;
}
