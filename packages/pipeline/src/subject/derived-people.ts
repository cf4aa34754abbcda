import { rememberedHash } from "../catalog/index.ts";

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
  const [isTouched, isGone] = [new Set(touched), new Set(gone)];
  return { isTouched: (subject) => isTouched.has(subject), isGone: (subject) => isGone.has(subject) };
}

/** People by the hashes of their names. */
export function hashedPeople({ touched, gone }: DerivedNames): DerivedPeople {
  const hashOf = rememberedHash("subject");
  const among = (hashes: readonly string[]) => {
    const known = new Set(hashes);
    return (subject: string): boolean => known.size > 0 && known.has(hashOf(subject));
  };
  return { isTouched: among(touched), isGone: among(gone) };
}
