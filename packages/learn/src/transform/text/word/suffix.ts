/** A rule: an ending and what takes its place; `null` leaves the word as it is. */
export type SuffixRule = readonly [ending: string, instead: string | null];

/** The first rule whose ending a word has; rules with longer endings stand before those that end them. */
export function ruleFor(word: string, rules: readonly SuffixRule[]): SuffixRule | undefined {
  return rules.find(([ending]) => word.endsWith(ending));
}

/** Where a region begins: behind the first sign other than a vowel that follows a vowel, from `from` on. */
export function regionStart(word: string, vowels: string, from: number): number {
  for (let at = from + 1; at < word.length; at++)
    if (vowels.includes(word[at - 1]!) && !vowels.includes(word[at]!)) return at + 1;
  return word.length;
}

/** The word with its last `cut` signs replaced. */
export function replaceEnd(word: string, cut: number, instead: string): string {
  return word.slice(0, word.length - cut) + instead;
}
