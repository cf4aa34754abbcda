/** Levels of lists and objects in an event: one that fits has four, and later members may have more. */
const EVENT_DEPTH = 32;

/** Whether lists and objects stand in each other more than `levels` deep. Goes no deeper than that itself. */
function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (levels === 0) return true;
  if (Array.isArray(value)) return value.some((item) => isDeeper(item, levels - 1));
  return Object.values(value).some((item) => isDeeper(item, levels - 1));
}

/**
 * Whether the JSON of an event is longer than allowed, or deeper than any event is. The depth is looked at first: what
 * is too deep to be written costs JSON's writer a quarter of a second before it says so, and a batch may hold many.
 */
export function isTooLarge(event: unknown, eventBytes: number): boolean {
  return isDeeper(event, EVENT_DEPTH) || Buffer.byteLength(JSON.stringify(event)) > eventBytes;
}
