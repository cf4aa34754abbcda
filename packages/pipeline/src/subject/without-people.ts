/** What a value is left as, and whether anything was taken out of it. */
export interface Left {
  readonly value: unknown;
  readonly changed: boolean;
}

/** Pseudonyms have this form; nothing else is asked for. */
const PSEUDONYM = /^[0-9a-f]{32}$/;

/**
 * A JSON value without some people: a list loses their pseudonyms, and entries that have one for a direct member (such
 * as a person's accuracy); an object loses members that are named by one; elsewhere null stands in its place.
 * `rename` gives another text for one that is replaced, such as the address of a file that was written anew.
 */
export function withoutPeople(
  value: unknown,
  isGone: (pseudonym: string) => boolean,
  rename: (text: string) => string = (text) => text,
): Left {
  let changed = false;
  const isPerson = (item: unknown): boolean =>
    typeof item === "string" && PSEUDONYM.test(item) && isGone(item);
  const drop = (is: boolean): boolean => {
    changed ||= is;
    return is;
  };
  const walk = (item: unknown): unknown => {
    if (typeof item === "string") {
      if (drop(isPerson(item))) return null;
      const renamed = rename(item);
      changed ||= renamed !== item;
      return renamed;
    }
    if (typeof item !== "object" || item === null) return item;
    if (Array.isArray(item)) {
      const isOf = (entry: unknown): boolean =>
        isPerson(entry) ||
        (typeof entry === "object" &&
          entry !== null &&
          !Array.isArray(entry) &&
          Object.values(entry).some(isPerson));
      return item.filter((entry) => !drop(isOf(entry))).map(walk);
    }
    return Object.fromEntries(
      Object.entries(item)
        .filter(([name]) => !drop(isPerson(name)))
        .map(([name, member]) => [name, walk(member)]),
    );
  };
  return { value: walk(value), changed };
}
