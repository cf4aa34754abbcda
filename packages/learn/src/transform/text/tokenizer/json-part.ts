import { tidelineError, type TidelineError } from "@tideline/spec/error";

/** A JSON object and its place in the file, for messages. */
export interface JsonPart {
  readonly where: string;
  readonly fields: Readonly<Record<string, unknown>>;
  /** Lists of parts that it stands in. Default 0. */
  readonly depth?: number;
}

/** Lists of parts within one another that are read: each costs a call. */
const MOST_DEPTH = 64;

/** The error for a file that says something that no tokenizer is. */
export function malformed(where: string, expected: string, received: unknown): TidelineError {
  const shown = typeof received === "string" ? `"${received.slice(0, 60)}"` : jsonStart(received);
  return tidelineError("DATA_MALFORMED", { who: "readTokenizer", field: where, expected, received: shown });
}

function jsonStart(value: unknown): string {
  try {
    return (JSON.stringify(value) ?? "nothing").slice(0, 60);
  } catch {
    // Lists within lists, deeper than the stack.
    return "something that is nested too deep to show";
  }
}

/** The error for what a file asks for and is not built, by the name of the component. */
export function unsupportedPart(where: string, expected: string, received: string): TidelineError {
  return tidelineError("MODEL_UNSUPPORTED", { who: "readTokenizer", field: where, expected, received });
}

/** @throws DATA_MALFORMED when the value is no object. */
export function jsonPart(where: string, value: unknown): JsonPart {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw malformed(where, "an object", value);
  return { where, fields: value as Readonly<Record<string, unknown>> };
}

/** A field that may be absent or null. */
export function optionalPart({ where, fields }: JsonPart, key: string): JsonPart | undefined {
  const value = fields[key];
  return value === undefined || value === null ? undefined : jsonPart(`${where}.${key}`, value);
}

/** A text. Absent: the default, where there is one. */
export function textField({ where, fields }: JsonPart, key: string, otherwise?: string): string {
  const value = fields[key] ?? otherwise;
  if (typeof value === "string") return value;
  throw malformed(`${where}.${key}`, "a text", value);
}

/** A text or nothing. */
export function optionalText(part: JsonPart, key: string): string | undefined {
  return part.fields[key] === undefined || part.fields[key] === null ? undefined : textField(part, key);
}

/** A truth. Absent: the default. */
export function flagField({ where, fields }: JsonPart, key: string, otherwise: boolean): boolean {
  const value = fields[key] ?? otherwise;
  if (typeof value === "boolean") return value;
  throw malformed(`${where}.${key}`, "true or false", value);
}

/** An integer of at least 0 and below 2^31. Absent: the default, where there is one. */
export function countField({ where, fields }: JsonPart, key: string, otherwise?: number): number {
  const value = fields[key] ?? otherwise;
  if (Number.isInteger(value) && (value as number) >= 0 && (value as number) < 2 ** 31)
    return value as number;
  throw malformed(`${where}.${key}`, "an integer of at least 0", value);
}

/** A list. */
export function listField({ where, fields }: JsonPart, key: string): readonly unknown[] {
  const value = fields[key];
  if (Array.isArray(value)) return value as readonly unknown[];
  throw malformed(`${where}.${key}`, "a list", value);
}

/** The objects of a list. @throws MODEL_UNSUPPORTED for more than 64 lists within one another. */
export function partsField(part: JsonPart, key: string): readonly JsonPart[] {
  const depth = (part.depth ?? 0) + 1;
  if (depth > MOST_DEPTH)
    throw unsupportedPart(
      `${part.where.slice(0, 60)}...`,
      `at most ${MOST_DEPTH} lists of parts within one another`,
      "more",
    );
  return listField(part, key).map((value, at) => ({
    ...jsonPart(`${part.where}.${key}[${at}]`, value),
    depth,
  }));
}

/** One of some texts. Absent: the default. */
export function choiceField<Name extends string>(
  part: JsonPart,
  key: string,
  names: readonly Name[],
  otherwise: Name,
): Name {
  const value = textField(part, key, otherwise);
  const found = names.find((name) => name === value);
  if (found !== undefined) return found;
  throw unsupportedPart(`${part.where}.${key}`, `one of ${names.join(", ")}`, `"${value}"`);
}

/** The maker of a part by its `type`. @throws MODEL_UNSUPPORTED naming the component. */
export function madeBy<Made>(
  table: Readonly<Record<string, (part: JsonPart) => Made>>,
  part: JsonPart,
  type = textField(part, "type"),
): Made {
  const make = Object.hasOwn(table, type) ? table[type] : undefined;
  if (make === undefined)
    throw unsupportedPart(part.where, `one of ${Object.keys(table).join(", ")}`, `"${type}"`);
  return make({ ...part, where: `${part.where} (${type})` });
}

/** Tokens by their text, with their numbers. */
export function vocabularyField(part: JsonPart, key: string): ReadonlyMap<string, number> {
  const { where, fields } = jsonPart(`${part.where}.${key}`, part.fields[key]);
  const out = new Map<string, number>();
  for (const token of Object.keys(fields)) {
    const id = fields[token];
    if (!Number.isInteger(id) || (id as number) < 0 || (id as number) >= 2 ** 31)
      throw malformed(`${where}["${token}"]`, "an integer of at least 0", id);
    out.set(token, id as number);
  }
  return out;
}

/** Tokens by their numbers. */
export function reversed(vocabulary: ReadonlyMap<string, number>): readonly (string | undefined)[] {
  let size = 0;
  for (const id of vocabulary.values()) size = Math.max(size, id + 1);
  // A file of a few tokens with a number near 2^31 must not cost memory of that size.
  if (size > 4 * vocabulary.size + 1_000_000)
    throw malformed("model.vocab", "numbers without wide gaps", size - 1);
  const out: (string | undefined)[] = Array.from({ length: size });
  for (const [token, id] of vocabulary) out[id] = token;
  return out;
}
