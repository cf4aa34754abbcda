import type { PersonLink } from "./person-link.ts";

/**
 * From `since` on a pseudonym means `person`, until a later interval of it says otherwise; before the first, itself. No
 * two of a pseudonym begin at one time.
 */
export interface PersonInterval {
  readonly subject: string;
  readonly since: number;
  readonly person: string;
}

const byTime = (left: PersonLink, right: PersonLink): number =>
  left.known - right.known ||
  (left.from < right.from ? -1 : left.from > right.from ? 1 : 0) ||
  (left.to < right.to ? -1 : left.to > right.to ? 1 : 0);

/**
 * Who each pseudonym means, as of each time. Links count in the order in which they became known; the first claim on a
 * pseudonym stands, so that a second user of a phone does not take the first one's past, and one that would close a
 * circle is passed over. What is known later never changes what was meant before: every interval that some links give,
 * the same links with later ones give too.
 *
 * @example
 * personIntervals([{ from: "install", to: "anna", known: 5 }]); // [{ subject: "install", since: 5, person: "anna" }]
 */
export function personIntervals(links: readonly PersonLink[]): readonly PersonInterval[] {
  const next = new Map<string, string>();
  /** Every pseudonym that means a person by now, the person's own included. */
  const members = new Map<string, readonly string[]>();
  const intervals = new Map<string, PersonInterval>();
  const personOf = (subject: string): string => {
    let person = subject;
    for (let found = next.get(person); found !== undefined; found = next.get(person)) person = found;
    return person;
  };
  for (const { from, to, known } of [...links].sort(byTime)) {
    const person = personOf(to);
    if (next.has(from) || person === from) continue;
    next.set(from, person);
    const moved = members.get(from) ?? [from];
    members.delete(from);
    members.set(person, [...(members.get(person) ?? [person]), ...moved]);
    // Of several at one moment the last one says it.
    for (const subject of moved) intervals.set(`${known} ${subject}`, { subject, since: known, person });
  }
  return [...intervals.values()];
}
