import type { Fields } from "./event.ts";

/**
 * Names of the fields that may travel and be stored under a consent: those without a purpose of their own, and those
 * whose purpose (`t.forPurpose`) is granted. The event's own purpose is asked before that.
 *
 * @example
 * consentedFields({ screen: t.string(), place: t.forPurpose("location", t.vector(2)) }, ["analytics"]); // ["screen"]
 */
export function consentedFields(fields: Fields, consent: readonly string[]): readonly string[] {
  return Object.keys(fields).filter((name) => {
    const { purpose } = fields[name]!;
    return purpose === undefined || consent.includes(purpose);
  });
}
