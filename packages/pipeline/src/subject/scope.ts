import { rememberedHash, subjectOn, type ErasedKind } from "../catalog/index.ts";

/**
 * Whose rows are meant: everything that some installs sent, everything of some pseudonyms, and what single installs
 * sent under a pseudonym. Of pseudonyms only what happened until a moment (corrected clock, milliseconds since 1970):
 * who comes back later under the same id is somebody else to an erasure that goes on late.
 */
export interface SubjectScope {
  hasInstall(install: string): boolean;
  /** Until when rows of a pseudonym that an install sent are meant; `-Infinity` for not at all, `Infinity` for always. */
  until(install: string, subject: string): number;
  /** Until when records and rows of others lose a pseudonym that they name: by their time of receipt. */
  namedUntil(subject: string): number;
}

/** What one install sent under a pseudonym. */
export interface SubjectPair {
  readonly install: string;
  readonly subject: string;
}

/**
 * Whether a row is meant. Rows without a person (receipts, refusals without content) go by their install.
 *
 * @param moment when it happened, by the corrected clock
 */
export const inScope = (
  scope: SubjectScope,
  install: string,
  subject: string | null,
  moment: number,
): boolean => scope.hasInstall(install) || (subject !== null && scope.until(install, subject) >= moment);

/**
 * A scope of installs and pseudonyms by name, of whatever time.
 *
 * @param pairs what single installs sent under a pseudonym
 * @param names pseudonyms that others lose besides, where they name them
 */
export function namedScope(
  installs: readonly string[],
  subjects: readonly string[],
  pairs: readonly SubjectPair[] = [],
  names: readonly string[] = [],
): SubjectScope {
  const [byInstall, bySubject] = [new Set(installs), new Set(subjects)];
  const byPair = new Set(pairs.map(({ install, subject }) => subjectOn(install, subject)));
  const named = new Set([...subjects, ...names]);
  return Object.freeze({
    hasInstall: (install: string) => byInstall.has(install),
    until: (install: string, subject: string) =>
      bySubject.has(subject) || (byPair.size > 0 && byPair.has(subjectOn(install, subject)))
        ? Infinity
        : -Infinity,
    namedUntil: (subject: string) => (named.has(subject) ? Infinity : -Infinity),
  });
}

/** An entry of the ledger, as far as a scope asks; without `at` it counts for whatever time. */
export interface ScopeEntry {
  readonly kind: ErasedKind;
  readonly hash: string;
  readonly at?: number;
}

/**
 * A scope of entries of the ledger: an erasure that goes on after a kill knows its person by hashes only.
 *
 * @param names hashes of pseudonyms that others lose besides, where they name them, until a moment
 */
export function hashedScope(
  entries: readonly ScopeEntry[],
  names: { readonly hashes: readonly string[]; readonly at: number } = { hashes: [], at: -Infinity },
): SubjectScope {
  const untilOf = (kind: ErasedKind) =>
    new Map(entries.filter((entry) => entry.kind === kind).map(({ hash, at = Infinity }) => [hash, at]));
  const [installs, subjects] = [untilOf("install"), untilOf("subject")];
  const named = new Map(subjects);
  for (const hash of names.hashes) named.set(hash, Math.max(named.get(hash) ?? -Infinity, names.at));
  const [installHash, subjectHash] = [rememberedHash("install"), rememberedHash("subject")];
  const latest = (hashes: ReadonlyMap<string, number>, name: string): number =>
    hashes.size === 0 ? -Infinity : (hashes.get(subjectHash(name)) ?? -Infinity);
  return Object.freeze({
    hasInstall: (install: string) => installs.size > 0 && installs.has(installHash(install)),
    until: (install: string, subject: string) =>
      Math.max(latest(subjects, subject), latest(subjects, subjectOn(install, subject))),
    namedUntil: (subject: string) => latest(named, subject),
  });
}
