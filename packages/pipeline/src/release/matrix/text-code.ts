/** Codes of texts: the place in the dictionary, that of U+0000 for texts that it lacks, -1 for missing ones and where it has none. */
export function codesOf(dictionary: readonly string[], texts: readonly string[]): readonly number[] {
  const codes = new Map(dictionary.map((text, at) => [text, at]));
  const other = codes.get("\u0000") ?? -1;
  return texts.map((text) => (text === "" ? -1 : (codes.get(text) ?? other)));
}
