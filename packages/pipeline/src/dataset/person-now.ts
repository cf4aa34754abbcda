import { personHistory } from "./person-interval.ts";
import type { PersonLink } from "./person-link.ts";

/** Of rows under `from` some may be `to`'s too, or were computed of them: a pseudonym, and a person by now. */
export interface PersonClaim {
  readonly from: string;
  readonly to: string;
}

/** Who pseudonyms mean by now. */
export interface PeopleNow {
  /** The person of each linked pseudonym, people's own pseudonyms included. */
  readonly people: ReadonlyMap<string, string>;
  /** Who else is asked for permission, and stands on the same side of a split. */
  readonly claims: readonly PersonClaim[];
  /** Pseudonyms that several people may have used: installs without a user, and ids that several have had before. */
  readonly shared: ReadonlySet<string>;
}

/**
 * Who is who by now, by the rule of an erasure: a link that phones have contradicted since (`contradicted`) ties
 * nobody. Whom it tied as of some time, of their rows values were computed over all of them, so that each needs the
 * others' permission. So does an id that several people had before: the first of them has it, as the first user has a
 * phone, and its rows ask the others too.
 *
 * @example
 * // A phone that goes back and forth between two ids.
 * const link = { from: "dan", to: "eva", known: 5, contradicted: true };
 * peopleNow([link]).claims; // [{ from: "eva", to: "dan" }, { from: "dan", to: "eva" }]
 */
export function peopleNow(links: readonly PersonLink[]): PeopleNow {
  const borne = links.filter(({ contradicted }) => contradicted !== true);
  const { people, claims: users } = personHistory(borne);
  const personOf = (subject: string): string => people.get(subject) ?? subject;
  const shared = new Set(borne.filter(({ nameless }) => nameless === true).map(({ from }) => from));
  const claims: PersonClaim[] = users.map(({ from, to }) => ({ from, to: personOf(to) }));
  for (const { from, to, nameless } of borne) {
    const isTaken = personOf(from) !== from && personOf(from) !== personOf(to);
    if (nameless === true || !isTaken) continue;
    claims.push({ from, to: personOf(to) });
    shared.add(from);
  }
  if (borne.length === links.length) return { people, claims, shared };
  // At most as many pseudonyms each as one person can have.
  const once = Map.groupBy(personHistory(links).people, ([, person]) => person);
  for (const group of once.values()) {
    const members = group.map(([subject]) => subject);
    for (const to of new Set(members.map(personOf)))
      for (const from of members) if (personOf(from) !== to) claims.push({ from, to });
  }
  return { people, claims, shared };
}
