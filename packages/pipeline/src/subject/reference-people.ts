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
 * What becomes of people's histograms, by their position: a reference numbers people by ascending pseudonym, as the
 * list of whom a release was trained on does.
 */
export interface ReferenceChange {
  /** Leave the reference and the list. */
  readonly gone: ReadonlySet<number>;
  /** Stay in the list without a histogram: part of what it counts is erased, and nobody can tell which. */
  readonly emptied: ReadonlySet<number>;
}

/** Whether a reference holds anything that is to change. */
export function holdsChange(
  { rows, classCount }: DriftReference,
  { gone, emptied }: ReferenceChange,
): boolean {
  const counts = (person: number): boolean =>
    rows.slice(person * classCount, (person + 1) * classCount).some((count) => count > 0);
  return gone.size > 0 || [...emptied].some(counts);
}

/** A drift reference without the histograms of some people. The edges of the bins stay: they are deciles of all. */
export function referenceWithout(
  reference: DriftReference,
  { gone, emptied }: ReferenceChange,
): DriftReference {
  const { people, classCount, names, bins, rows, counts } = reference;
  const without = (values: readonly number[], each: number): readonly number[] =>
    values.flatMap((value, index) => {
      const person = Math.floor(index / each);
      if (gone.has(person)) return [];
      return [emptied.has(person) ? 0 : value];
    });
  return {
    ...reference,
    people: people - gone.size,
    rows: without(rows, classCount),
    counts: without(counts, classCount * names.length * bins),
  };
}
