import type { DriftReference } from "@tideline/learn";

/** Whether a value is the reference of a drift monitor. */
export function isDriftReference(value: unknown): value is DriftReference {
  const found = value as Partial<DriftReference> | null;
  return (
    typeof found === "object" &&
    found !== null &&
    Array.isArray(found.counts) &&
    Array.isArray(found.edges) &&
    typeof found.people === "number"
  );
}

/**
 * A drift reference without the histograms of some people, by their position: it numbers people by ascending
 * pseudonym, as the list of whom a release was trained on does. The edges of the bins stay: they are deciles of all.
 */
export function referenceWithout(
  reference: DriftReference,
  isGone: (person: number) => boolean,
): DriftReference {
  const { people, classCount, names, bins, rows, counts } = reference;
  const cell = classCount * names.length * bins;
  const isKept = (person: number): boolean => !isGone(person);
  const kept = Array.from({ length: people }, (_, person) => person).filter(isKept);
  return {
    ...reference,
    people: kept.length,
    rows: rows.filter((_, index) => isKept(Math.floor(index / classCount))),
    counts: counts.filter((_, index) => isKept(Math.floor(index / cell))),
  };
}
