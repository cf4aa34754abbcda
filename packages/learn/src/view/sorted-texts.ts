import { compareStrings } from "@tideline/spec";
import type { ScalarVector } from "./scalar-vector.ts";
import { vectorOf } from "./scalar-vector.ts";

/** A string vector of any codes (-1 is null) and any dictionary: its texts are sorted, each kept once. */
export function stringVector(codes: Int32Array, dictionary: readonly string[]): ScalarVector {
  // Strings of the language travel as UTF-8: a lone surrogate is U+FFFD, in which two texts may become one.
  const texts = dictionary.map((text) => text.toWellFormed());
  const { sorted, placeOf } = sortedTexts([texts]);
  const places = Float64Array.from(texts, (text) => placeOf.get(text)!);
  const values = new Float64Array(codes.length);
  let nulls: Uint8Array | undefined;
  for (let row = 0; row < codes.length; row++) {
    const code = codes[row]!;
    if (code >= 0) values[row] = places[code]!;
    else (nulls ??= new Uint8Array(codes.length))[row] = 1;
  }
  return vectorOf("string", values, nulls, sorted);
}

/** String vectors over one dictionary, so that equal texts have equal places; vectors of other types stay as they are. */
export function inOneDictionary(vectors: readonly ScalarVector[]): readonly ScalarVector[] {
  const lists = vectors.map(({ dictionary }) => dictionary);
  if (lists.every((list) => list === undefined || list === lists[0])) return vectors;
  const { sorted, placeOf } = sortedTexts(lists.map((list) => list ?? []));
  return vectors.map((vector) => {
    if (vector.dictionary === undefined) return vector;
    const places = Float64Array.from(vector.dictionary, (text) => placeOf.get(text)!);
    const values = new Float64Array(vector.values.length);
    if (places.length > 0)
      for (let row = 0; row < values.length; row++) values[row] = places[vector.values[row]!]!;
    return { ...vector, values, dictionary: sorted };
  });
}

function sortedTexts(lists: readonly (readonly string[])[]) {
  const distinct = new Set<string>();
  for (const list of lists) for (const text of list) distinct.add(text);
  const sorted = [...distinct].sort(compareStrings);
  return { sorted, placeOf: new Map(sorted.map((text, place) => [text, place])) };
}
