import { hashedScope, namedScope } from "./scope.ts";

/** Whose data something derives from, by pseudonym. */
export interface DerivedPeople {
  /** Of whose rows any are erased: what was computed of them goes. */
  readonly isTouched: (subject: string) => boolean;
  /** Of whom no row is left: their pseudonym goes too. */
  readonly isGone: (subject: string) => boolean;
}

/** Pseudonyms, or hashes of them. */
export interface DerivedNames {
  readonly touched: readonly string[];
  readonly gone: readonly string[];
}

/** People by name. */
export function derivedPeople({ touched, gone }: DerivedNames): DerivedPeople {
  return { isTouched: namedScope([], touched).hasSubject, isGone: namedScope([], gone).hasSubject };
}

/** People by the hashes of their names. */
export function hashedPeople({ touched, gone }: DerivedNames): DerivedPeople {
  const among = (hashes: readonly string[]) =>
    hashedScope(hashes.map((hash) => ({ kind: "subject" as const, hash }))).hasSubject;
  return { isTouched: among(touched), isGone: among(gone) };
}
