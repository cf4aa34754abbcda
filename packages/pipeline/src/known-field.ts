import { tidelineError } from "@tideline/spec/error";

/** Names of fields, one for each of a type: what is missing or too much does not compile. */
export type FieldsOf<Type> = Readonly<Record<Type extends unknown ? keyof Type : never, true>>;

/**
 * Wants an object to have no fields but some: a slip of the pen would else say nothing, and the default hold.
 *
 * @param at where the object stands, as `split`; undefined for what is the whole.
 * @throws DEFINITION_ILLEGAL naming the field and the one that is nearest to it.
 */
export function needKnown(
  who: string,
  at: string | undefined,
  object: object,
  fields: Readonly<Record<string, true>>,
): void {
  if (object === null || typeof object !== "object")
    throw tidelineError("DEFINITION_ILLEGAL", {
      who,
      field: at ?? "options",
      expected: `an object of ${Object.keys(fields).join(", ")}`,
      received: String(object),
    });
  const strange = Object.keys(object).find((name) => !Object.hasOwn(fields, name));
  if (strange === undefined) return;
  const known = Object.keys(fields);
  const nearest = nearestName(strange, known);
  throw tidelineError("DEFINITION_ILLEGAL", {
    who,
    field: at === undefined ? strange : `${at}.${strange}`,
    expected: `one of ${known.join(", ")}`,
    received: "a field that is not known",
    ...(nearest === undefined ? {} : { remedy: `Is ${nearest} meant?` }),
  });
}

/** The name that takes the fewest changes of letters, if they are at most half of them. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  const found = known
    .map((one) => ({ one, changes: changesBetween(name.toLowerCase(), one.toLowerCase()) }))
    .filter(({ one, changes }) => changes * 2 <= Math.max(one.length, name.length))
    .toSorted((a, b) => a.changes - b.changes);
  return found[0]?.one;
}

/** Letters put in, left out or replaced (Levenshtein 1966, by the rows of Wagner and Fischer 1974). */
function changesBetween(one: string, other: string): number {
  let before = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (let row = 1; row <= one.length; row++) {
    const own = [row];
    for (let at = 1; at <= other.length; at++) {
      const replaced = before[at - 1]! + Number(one[row - 1] !== other[at - 1]);
      own.push(Math.min(replaced, before[at]! + 1, own[at - 1]! + 1));
    }
    before = own;
  }
  return before[other.length]!;
}
