/** Most characters of a region. */
const REGION_LENGTH = 32;

/**
 * A region as it is compared and kept: letters, digits and hyphens between them, at most 32, in lower case. It is a
 * label of the operator's choice, and not the name of anybody's data centre. Null for anything else.
 *
 * @example
 * parseRegion("EU"); // "eu"
 * parseRegion("eu west"); // null
 */
export function parseRegion(value: unknown): string | null {
  if (typeof value !== "string" || value.length > REGION_LENGTH) return null;
  return /^[a-z0-9]+(-+[a-z0-9]+)*$/i.test(value) ? value.toLowerCase() : null;
}
