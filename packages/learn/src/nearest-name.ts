/**
 * What to say of a name that is not known: the one that is nearest to it, if one is near.
 *
 * @example
 * nearestRemedy("seperator", ["separator", "sample"]); // "Is separator meant?"
 */
export function nearestRemedy(name: unknown, known: readonly string[]): string | undefined {
  const nearest = typeof name === "string" ? nearestName(name, known) : undefined;
  return nearest === undefined ? undefined : `Is ${nearest} meant?`;
}

/** Letters that are compared at most: no name that is meant is longer. */
const LONGEST = 200;

/** The name that takes the fewest changes of letters, if they are at most half of them. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  if (name.length > LONGEST) return undefined;
  const found = known
    .filter((one) => one.length <= LONGEST)
    .map((one) => ({ one, changes: changesBetween(name.toLowerCase(), one.toLowerCase()) }))
    .filter(({ one, changes }) => changes * 2 <= Math.max(one.length, name.length))
    .toSorted((a, b) => a.changes - b.changes);
  return found[0]?.one;
}

/**
 * Letters put in, left out, replaced, or exchanged with the next (Damerau 1964), each letter once, by the rows of Wagner and
 * Fischer 1974.
 */
function changesBetween(one: string, other: string): number {
  let [earlier, before]: number[][] = [[], Array.from({ length: other.length + 1 }, (_, at) => at)];
  for (let row = 1; row <= one.length; row++) {
    const own = [row];
    for (let at = 1; at <= other.length; at++) {
      const replaced = before![at - 1]! + Number(one[row - 1] !== other[at - 1]);
      own.push(Math.min(replaced, before![at]! + 1, own[at - 1]! + 1));
      if (row > 1 && at > 1 && one[row - 1] === other[at - 2] && one[row - 2] === other[at - 1])
        own[at] = Math.min(own[at]!, earlier![at - 2]! + 1);
    }
    [earlier, before] = [before, own];
  }
  return before![other.length]!;
}
