import type { Fields } from "../event.ts";

type Field = Fields[string];

/** How a list is written when it is long. */
function shorten(items: readonly string[], most = 8): string {
  const quoted = items.slice(0, most).map((item) => JSON.stringify(item));
  return items.length > most ? `${quoted.join(", ")} and ${items.length - most} more` : quoted.join(", ");
}

function rangeText({ min, max }: { min?: number; max?: number }): string {
  if (min !== undefined && max !== undefined) return ` from ${min} to ${max}`;
  if (min !== undefined) return ` of at least ${min}`;
  return max === undefined ? "" : ` of at most ${max}`;
}

function typeText(type: Field): string {
  switch (type.kind) {
    case "string":
      return type.oneOf === undefined
        ? `text of at most ${type.maxLength} characters`
        : `one of ${shorten(type.oneOf)}`;
    case "int":
      return `integer${rangeText(type)}`;
    case "float":
      return `number${rangeText(type)}${type.unit === undefined ? "" : ` in ${type.unit}`}`;
    case "boolean":
      return "true or false";
    case "time":
      return "time";
    case "vector":
      return `${type.size} numbers`;
    case "media":
      return `media of at most ${type.maxBytes} bytes, ${type.types.length === 1 ? type.types[0] : `one of ${shorten(type.types)}`}`;
    case "frame":
      return `samples at ${type.rate} Hz of ${type.channels.map((channel, index) => `${channel} (${type.units[index]})`).join(", ")}`;
  }
}

/**
 * A field in a few words, for a person.
 *
 * @example
 * describeField(t.optional(t.int({ min: 0 }))); // "optional integer of at least 0"
 */
export function describeField(field: Field): string {
  const purpose = field.purpose === undefined ? "" : `, for "${field.purpose}"`;
  const category = field.category === undefined ? "" : ` (${field.category})`;
  return `${field.optional === true ? "optional " : ""}${typeText(field)}${category}${purpose}`;
}
