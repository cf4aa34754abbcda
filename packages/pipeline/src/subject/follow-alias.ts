import type { AliasClaim, InstallUse } from "./person-source.ts";

/**
 * Claims of an install that what it sent bears out: the first one on an earlier pseudonym under which it had sent
 * something, where it sent nothing under the earlier one afterwards and nothing under the later one before. A phone
 * that only names somebody has nothing of theirs; one that goes back and forth between two users is shared by two
 * people, whatever its app says. What was refused bears out nothing and contradicts nothing.
 */
export function soundClaims({ spans, claims }: InstallUse): readonly AliasClaim[] {
  const first = new Map<string, AliasClaim>();
  for (const claim of claims) {
    const before = first.get(claim.from);
    if (before === undefined || claim.at < before.at) first.set(claim.from, claim);
  }
  return [...first.values()].filter(({ from, to, at }) => {
    const [last, first] = [spans.get(from)?.last ?? null, spans.get(to)?.first ?? null];
    return last !== null && first !== null && last < at && first >= at;
  });
}

/**
 * The pseudonyms that are one person's on an install, by its own word: those given, and what its claims tie to them,
 * backwards and forwards and over several steps.
 *
 * @param without pseudonyms that are not followed, whatever the install says
 */
export function ownNames(
  use: InstallUse,
  given: ReadonlySet<string>,
  without: ReadonlySet<string>,
): ReadonlySet<string> {
  const claims = soundClaims(use).filter(({ from, to }) => !without.has(from) && !without.has(to));
  return new Set([...given, ...relatedNames(given, claims)]);
}

/**
 * Pseudonyms that some are tied to by whatever claim, true or not, over any number of steps, themselves left out. What
 * was computed of these may hold something of the others.
 */
export function relatedNames(
  names: Iterable<string>,
  claims: Iterable<Pick<AliasClaim, "from" | "to">>,
): readonly string[] {
  const given = new Set(names);
  const next = new Map<string, string[]>();
  const tie = (from: string, to: string): void => {
    const known = next.get(from);
    if (known === undefined) next.set(from, [to]);
    else known.push(to);
  };
  for (const { from, to } of claims) {
    tie(from, to);
    tie(to, from);
  }
  const found = new Set(given);
  for (const name of found) for (const other of next.get(name) ?? []) found.add(other);
  return [...found].filter((name) => !given.has(name)).sort();
}
