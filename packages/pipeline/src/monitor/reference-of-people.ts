import type { DriftReference } from "@tideline/learn";

/**
 * A drift reference whose histograms are by person, of one whose histograms are by pseudonym (ascending, as
 * `pseudonyms` sorted): those of one person are added up, since a person with three pseudonyms is not three people
 * and would make windows of few people look steadier than they are.
 *
 * @param personOf whom a pseudonym means by now
 */
export function referenceOfPeople(
  reference: DriftReference,
  pseudonyms: readonly string[],
  personOf: (pseudonym: string) => string,
): DriftReference {
  const people = [...pseudonyms].sort().map(personOf);
  const position = new Map([...new Set(people)].map((person, index) => [person, index]));
  // A list of another length is not that of this reference, whose people then stay as they are.
  if (position.size === people.length || people.length !== reference.people) return reference;
  const { classCount, names, bins, rows, counts } = reference;
  const added = (values: readonly number[], each: number): readonly number[] => {
    const sums = Array.from({ length: position.size * each }, () => 0);
    for (const [index, value] of values.entries()) {
      sums[position.get(people[Math.floor(index / each)]!)! * each + (index % each)]! += value;
    }
    return sums;
  };
  return {
    ...reference,
    people: position.size,
    rows: added(rows, classCount),
    counts: added(counts, classCount * names.length * bins),
  };
}
