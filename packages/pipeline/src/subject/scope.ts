import { rememberedHash, type ErasedKind } from "../catalog/index.ts";

/** Whose rows are meant: everything that some installs sent, and everything of some pseudonyms, from wherever it came. */
export interface SubjectScope {
  hasInstall(install: string): boolean;
  hasSubject(subject: string): boolean;
}

/** Whether a row is meant. Rows without a person (receipts, refusals without content) go by their install. */
export const inScope = (scope: SubjectScope, install: string, subject: string | null): boolean =>
  scope.hasInstall(install) || (subject !== null && scope.hasSubject(subject));

/** A scope of installs and pseudonyms by name. */
export function namedScope(installs: readonly string[], subjects: readonly string[]): SubjectScope {
  const [byInstall, bySubject] = [new Set(installs), new Set(subjects)];
  return Object.freeze({
    hasInstall: (install: string) => byInstall.has(install),
    hasSubject: (subject: string) => bySubject.has(subject),
  });
}

/** A scope of entries of the ledger: an erasure that goes on after a kill knows its person by hashes only. */
export function hashedScope(
  entries: readonly { readonly kind: ErasedKind; readonly hash: string }[],
): SubjectScope {
  const member = (kind: ErasedKind) => {
    const hashes = new Set(entries.filter((entry) => entry.kind === kind).map(({ hash }) => hash));
    const hashOf = rememberedHash(kind);
    return (id: string): boolean => hashes.size > 0 && hashes.has(hashOf(id));
  };
  return Object.freeze({ hasInstall: member("install"), hasSubject: member("subject") });
}
