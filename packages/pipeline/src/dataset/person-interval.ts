import type { PersonLink } from "./person-link.ts";

/**
 * From `since` on a pseudonym means `person`, until a later interval of it says otherwise; before the first, itself. No
 * two of a pseudonym begin at one time.
 */
export interface PersonInterval {
  readonly subject: string;
  readonly since: number;
  readonly person: string;
  /** Names the time in which exactly the same pseudonyms meant the person: equal for all of them. */
  readonly period: string;
}

/** What some links say of people. */
export interface PersonHistory {
  readonly intervals: readonly PersonInterval[];
  /** The person of each linked pseudonym by now, people's own pseudonyms included. */
  readonly people: ReadonlyMap<string, string>;
  /** Users of an install that had another one before: its nameless rows may be theirs too. */
  readonly claims: readonly PersonLink[];
  /** Links that would have given a person more than {@link MOST_PSEUDONYMS}. */
  readonly passedOver: number;
}

/**
 * Pseudonyms of one person. Who installs the app anew each month needs five years to get there; without a bound one
 * hostile install could make everybody whose id it knows one person, and the history would grow with its square.
 */
export const MOST_PSEUDONYMS = 64;

const byTime = (left: PersonLink, right: PersonLink): number =>
  left.known - right.known ||
  (left.claimed ?? left.known) - (right.claimed ?? right.known) ||
  (left.from < right.from ? -1 : left.from > right.from ? 1 : 0) ||
  (left.to < right.to ? -1 : left.to > right.to ? 1 : 0);

/**
 * Who each pseudonym means, as of each time and by now. Links count in the order in which they became known; the first
 * claim on a pseudonym stands, so that a second user of a phone does not take the first one's past, and one that would
 * close a circle is passed over. What is known later never changes what was meant before: every interval that some
 * links give, the same links with later ones give too.
 *
 * @example
 * personHistory([{ from: "install", to: "anna", known: 5 }]).people.get("install"); // "anna"
 */
export function personHistory(links: readonly PersonLink[]): PersonHistory {
  const next = new Map<string, string>();
  /** Every pseudonym that means a person by now, the person's own included. */
  const members = new Map<string, readonly string[]>();
  const intervals = new Map<string, PersonInterval>();
  const claims: PersonLink[] = [];
  let passedOver = 0;
  const personOf = (subject: string): string => {
    let person = subject;
    for (let found = next.get(person); found !== undefined; found = next.get(person)) person = found;
    return person;
  };
  for (const link of [...links].sort(byTime)) {
    const { from, to, known } = link;
    const person = personOf(to);
    if (next.has(from)) {
      if (link.nameless === true) claims.push(link);
      continue;
    }
    if (person === from) continue;
    const all = [...(members.get(person) ?? [person]), ...(members.get(from) ?? [from])];
    if (all.length > MOST_PSEUDONYMS) {
      passedOver += 1;
      // Whose its rows are stays open, as for every further user.
      if (link.nameless === true) claims.push(link);
      continue;
    }
    next.set(from, person);
    members.delete(from);
    members.set(person, all);
    const period = `${person}@${known}`;
    // Of several at one moment the last one says it.
    for (const subject of all)
      intervals.set(`${known} ${subject}`, { subject, since: known, person, period });
  }
  const people = new Map<string, string>();
  for (const [person, all] of members) for (const subject of all) people.set(subject, person);
  return { intervals: [...intervals.values()], people, claims, passedOver };
}

/** The intervals of {@link personHistory}. */
export const personIntervals = (links: readonly PersonLink[]): readonly PersonInterval[] =>
  personHistory(links).intervals;
