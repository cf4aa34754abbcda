import type { EventDefinition, Fields, Upgrade } from "../event.ts";
import { probeVersion } from "./probe.ts";

type Field = Fields[string];

const KEY = /^[A-Za-z_$][\w$]*$/;

/** A plain value as it is written in TypeScript. */
function literal(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .map(([key, member]) => `${KEY.test(key) ? key : JSON.stringify(key)}: ${literal(member)}`);
  return members.length === 0 ? "{}" : `{ ${members.join(", ")} }`;
}

function typeCode(type: Field): string {
  if (type.kind === "vector") return `t.vector(${type.size})`;
  if (type.kind === "string" && type.oneOf === undefined) {
    if (type.maxLength === 64) return "t.id()";
    if (type.maxLength === 256) return "t.string()";
  }
  const options = literal({
    ...type,
    kind: undefined,
    optional: undefined,
    purpose: undefined,
    category: undefined,
  });
  return `t.${type.kind}(${options === "{}" ? "" : options})`;
}

/** A field as code that declares it. */
export function fieldCode(field: Field): string {
  const type = typeCode(field);
  const asked =
    field.purpose !== undefined
      ? `t.forPurpose(${JSON.stringify(field.purpose)}, ${type})`
      : field.optional === true
        ? `t.optional(${type})`
        : type;
  return field.category === undefined ? asked : `t.category(${JSON.stringify(field.category)}, ${asked})`;
}

/** A value that a field takes and that says nothing, or undefined where a person has to think of one. */
function blankOf(field: Field): string | number | boolean | undefined {
  switch (field.kind) {
    case "string":
      if (field.oneOf === undefined) return field.maxLength < 7 ? "" : "unknown";
      return field.oneOf.find((text) => ["unknown", "other", "none"].includes(text));
    case "int":
    case "float":
    case "time":
    case "boolean":
    case "vector":
    case "frame":
    case "media":
      return undefined;
  }
}

/** Whether a field takes every value that another one takes. */
function takes(to: Field, from: Field): boolean {
  const single = (field: Field): EventDefinition => ({
    name: "e",
    version: 1,
    purpose: "p",
    retain: "1d",
    fields: { field },
    previous: [],
  });
  return probeVersion(single(from), single(to), 1).length === 0;
}

/** A guess at how one version becomes the next: a field that went and one of the same kind that came are a rename. */
function guessUpgrade(from: Fields, to: Fields): { upgrade: Upgrade; open: readonly string[] } {
  const gone = Object.keys(from).filter((name) => !Object.hasOwn(to, name));
  const came = Object.keys(to).filter((name) => !Object.hasOwn(from, name) && to[name]!.optional !== true);
  const rename: Record<string, string> = {};
  const defaults: Record<string, string | number | boolean> = {};
  const open: string[] = [];
  for (const name of gone) {
    const target = came.find(
      (other) => to[other]!.kind === from[name]!.kind && !Object.values(rename).includes(other),
    );
    if (target === undefined) open.push(`"${name}" has gone: keep it as t.optional, or it is refused`);
    else rename[name] = target;
  }
  for (const name of came.filter((other) => !Object.values(rename).includes(other))) {
    const blank = blankOf(to[name]!);
    if (blank === undefined) open.push(`"${name}" needs a default that says "not known", or t.optional`);
    else defaults[name] = blank;
  }
  for (const [name, field] of Object.entries(from)) {
    const next = Object.hasOwn(to, name) ? to[name] : undefined;
    if (next !== undefined && !takes(next, field)) {
      open.push(
        `"${name}" refuses what it took: keep it as it was, t.optional, and give the new one a new name`,
      );
    }
  }
  const upgrade: Upgrade = {
    ...(Object.keys(rename).length > 0 && { rename }),
    ...(Object.keys(defaults).length > 0 && { defaults }),
  };
  return { upgrade, open };
}

/**
 * The code that keeps a published version accepted: the number to write, and its entry in `previous`.
 *
 * @example
 * previousCode(tapOfLastYear, tapOfToday);
 * // version: 2, previous: [{ version: 1, fields: { button: t.id() }, upgrade: { rename: { button: "target" } } }]
 */
export function previousCode(older: EventDefinition, newer: EventDefinition): string {
  const { upgrade, open } = guessUpgrade(older.fields, newer.fields);
  const fields = Object.entries(older.fields).map(
    ([name, field]) => `${KEY.test(name) ? name : JSON.stringify(name)}: ${fieldCode(field)}`,
  );
  const version = Math.max(newer.version, older.version + (newer.version > older.version ? 0 : 1));
  const entry = `{ version: ${older.version}, fields: { ${fields.join(", ")} }, upgrade: ${literal(upgrade)} }`;
  const kept = newer.previous.length > 0 ? ", ...those that stand there" : "";
  const notes = open.map((note) => `\n// ${note}`).join("");
  return `version: ${version}, previous: [${entry}${kept}]${notes}`;
}
