import { MOST_PSEUDONYMS } from "./person-interval.ts";
import type { Identity } from "./identity.ts";

/** Pseudonyms in groups that may be one person. */
export interface SeparatedPeople {
  /** The group of each pseudonym: the least of its pseudonyms. */
  readonly groupOf: ReadonlyMap<string, string>;
  /** Pseudonyms of installs that so many people used that their rows could be anybody's: they belong to no group. */
  readonly shared: ReadonlySet<string>;
}

/**
 * Groups the pseudonyms of some rows so that nobody stands in two groups, by all that is known now: those of one
 * person, and those of everybody who used a phone whose rows of before it had a user are among them, since these may
 * be of each of them. Where that would join more than {@link MOST_PSEUDONYMS} people, the phone's nameless rows are
 * shared and have to stay out instead; a hostile install cannot so make everybody one group.
 */
export function separatePeople(subjects: readonly string[], identity: Identity): SeparatedPeople {
  const given = [...new Set(subjects)].sort();
  const isGiven = new Set(given);
  /** Disjoint sets of people: the parent of each, and of how many its set is. */
  const [parent, size] = [new Map<string, string>(), new Map<string, number>()];
  const find = (person: string): string => {
    let root = person;
    for (let up = parent.get(root); up !== undefined; up = parent.get(root)) root = up;
    if (root !== person) parent.set(person, root);
    return root;
  };
  const claimants = Map.groupBy(
    identity.claims.filter(({ from }) => isGiven.has(from)),
    ({ from }) => from,
  );
  const shared = new Set<string>();
  for (const subject of [...claimants.keys()].sort()) {
    const people = [subject, ...claimants.get(subject)!.map(({ to }) => to)].map(identity.personOf);
    const roots = [...new Set(people.map(find))];
    const joined = roots.reduce((sum, root) => sum + (size.get(root) ?? 1), 0);
    if (joined > MOST_PSEUDONYMS) {
      shared.add(subject);
      continue;
    }
    for (const root of roots.slice(1)) parent.set(root, roots[0]!);
    size.set(roots[0]!, joined);
  }
  const label = new Map<string, string>();
  const groupOf = new Map<string, string>();
  for (const subject of given) {
    if (shared.has(subject)) continue;
    const root = find(identity.personOf(subject));
    // In ascending order: the first one is the least.
    if (!label.has(root)) label.set(root, subject);
    groupOf.set(subject, label.get(root)!);
  }
  return { groupOf, shared };
}
