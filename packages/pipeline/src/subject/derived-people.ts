import { rememberedHash } from "../catalog/index.ts";

/** Whose data something derives from, by pseudonym. */
export interface DerivedPeople {
  /** Of whose rows any are erased: what was computed of them goes. */
  readonly isTouched: (subject: string) => boolean;
  /** Of whom no row is left: their pseudonym goes too. */
  readonly isGone: (subject: string) => boolean;
  /** Tied to them by a claim: features that were computed of such a person may hold something of theirs. */
  readonly isRelated: (subject: string) => boolean;
}

/** Pseudonyms, or hashes of them. */
export interface DerivedNames {
  readonly touched: readonly string[];
  readonly gone: readonly string[];
  /** Plans of erasures that were begun before this was kept lack it. */
  readonly related?: readonly string[];
}

/** People by name. */
export function derivedPeople({ touched, gone, related = [] }: DerivedNames): DerivedPeople {
  const among = (names: readonly string[]) => {
    const known = new Set(names);
    return (subject: string): boolean => known.has(subject);
  };
  return { isTouched: among(touched), isGone: among(gone), isRelated: among(related) };
}

/** People by the hashes of their names. */
export function hashedPeople({ touched, gone, related = [] }: DerivedNames): DerivedPeople {
  const hashOf = rememberedHash("subject");
  const among = (hashes: readonly string[]) => {
    const known = new Set(hashes);
    return (subject: string): boolean => known.size > 0 && known.has(hashOf(subject));
  };
  return { isTouched: among(touched), isGone: among(gone), isRelated: among(related) };
}
