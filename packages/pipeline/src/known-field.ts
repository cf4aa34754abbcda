import { nearestRemedy } from "@tideline/learn/nearest-name";
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
  throw tidelineError("DEFINITION_ILLEGAL", {
    who,
    field: at === undefined ? strange : `${at}.${strange}`,
    expected: `one of ${known.join(", ")}`,
    received: "a field that is not known",
    remedy: nearestRemedy(strange, known),
  });
}
