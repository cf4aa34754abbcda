import type { EventDefinition, Fields } from "./event.ts";
import { type Duration, milliseconds } from "./feature/duration.ts";
import { isMediaType } from "./media-reference.ts";

/** What a declaration gets wrong, in the words of an error. */
export interface EventFault {
  readonly field: string;
  readonly expected: string;
  readonly received: string;
}

/** Media types that a field may list: the list travels with every definition and stands in every refusal. */
const MOST_TYPES = 32;

/** What is wrong with the limits of a field, or undefined. */
function limitFault(type: Fields[string]): Omit<EventFault, "field"> | undefined {
  if (type.kind !== "media") return undefined;
  const { types, maxBytes } = type;
  const odd = types.find((one, index) => !isMediaType(one) || types.indexOf(one) !== index);
  if (odd !== undefined || types.length === 0 || types.length > MOST_TYPES)
    return {
      expected: `1 to ${MOST_TYPES} media types such as "image/jpeg", each once, lower case and without parameters`,
      received: odd ?? `${types.length}`,
    };
  return Number.isSafeInteger(maxBytes) && maxBytes > 0
    ? undefined
    : { expected: "maxBytes of at least 1", received: String(maxBytes) };
}

function isLength(retain: string): boolean {
  try {
    return milliseconds(retain as Duration) > 0;
  } catch {
    return false;
  }
}

/**
 * What is wrong with what an event promises and limits, or undefined: a retention that cannot be read, media without
 * types. Names and purposes are checked by `defineApp`, which knows them all.
 *
 * @example
 * eventFault(event("tap", {}, { purpose: "p", retain: "for ever" }))?.expected; // 'a length of time such as "90d", in ms, s, m, h, d or w'
 */
export function eventFault({ name, retain, fields, previous }: EventDefinition): EventFault | undefined {
  if (!isLength(retain))
    return {
      field: `event "${name}".retain`,
      expected: 'a length of time such as "90d", in ms, s, m, h, d or w',
      received: String(retain),
    };
  for (const of of [fields, ...previous.map((before) => before.fields)]) {
    for (const [field, type] of Object.entries(of)) {
      const fault = limitFault(type);
      if (fault !== undefined) return { field: `event "${name}".${field}`, ...fault };
    }
  }
  return undefined;
}
