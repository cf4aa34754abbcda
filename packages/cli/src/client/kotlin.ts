import { jsonHash } from "@tideline/pipeline";
import {
  canonicalJson,
  tidelineError,
  type AppDefinition,
  type EventDefinition,
  type Fields,
} from "@tideline/spec";
import { describeField } from "@tideline/spec/compatibility";

type Field = Fields[string];

/** Words that are no names without backticks (https://kotlinlang.org/docs/keyword-reference.html, hard keywords). */
const KEYWORDS = new Set(
  "as break class continue do else false for fun if in interface is null object package return super this throw true try typealias typeof val var when while".split(
    " ",
  ),
);

/** Names that the generated sources use themselves. */
const USED = new Set(
  "Any Boolean Double EventIdentity Frame List Long Map MediaReference String TidelineClient".split(" "),
);

const words = (name: string): readonly string[] => name.split(/[^A-Za-z0-9]+/).filter((word) => word !== "");
const capital = (word: string): string => word[0]!.toUpperCase() + word.slice(1);

/** A name that Kotlin takes; `class` would be the `getClass` that every object has. */
function escapeName(name: string): string {
  if (name === "class") return "class_";
  return KEYWORDS.has(name) ? `\`${name}\`` : name;
}

/** Different names for different words, by a number where two would be the same. */
function distinctNames(sources: readonly string[], make: (source: string) => string): readonly string[] {
  const taken = new Set<string>();
  return sources.map((source) => {
    const name = make(source);
    let free = name;
    for (let count = 2; taken.has(free); count += 1) free = `${name}${count}`;
    taken.add(free);
    return free;
  });
}

const propertyName = (field: string): string =>
  words(field)
    .map((word, index) => (index === 0 ? word : capital(word)))
    .join("");
const className = (name: string, suffix: string): string => {
  const made = words(name).map(capital).join("");
  return USED.has(made) ? `${made}${suffix}` : made;
};

/** The name of an answer of a list. */
function entryName(text: string): string {
  const name = words(text.normalize("NFKD")).join("_").toUpperCase();
  // A name of underscores alone is reserved.
  if (name === "") return "OTHER";
  return /^[A-Z]/.test(name) ? name : `_${name}`;
}

/** A text as a literal of Kotlin, whose templates begin with a dollar sign. */
function literal(text: string): string {
  return JSON.stringify(text).replaceAll("$", "\\$").replaceAll("\\f", "\\u000c");
}

/** Text of a comment: nothing in it ends the comment or opens another. */
const comment = (text: string): string =>
  text.replaceAll(/\s+/g, " ").replaceAll("*/", "* /").replaceAll("/*", "/ *");

function typeOf(field: Field, name: string): string {
  switch (field.kind) {
    case "string":
      return field.oneOf === undefined ? "String" : className(name, "Answer");
    case "int":
    case "time":
      return "Long";
    case "float":
      return "Double";
    case "boolean":
      return "Boolean";
    case "vector":
      return "List<Double>";
    case "frame":
      return "Frame";
    case "media":
      return "MediaReference";
  }
}

/** The expression that gives a field's value as it travels. */
function valueCode(type: Field, property: string): string {
  const isNested = type.kind === "media" || (type.kind === "string" && type.oneOf !== undefined);
  if (!isNested) return property;
  return `${property}${type.optional === true ? "?" : ""}.${type.kind === "media" ? "members" : "text"}`;
}

/** The class of media fields. The core knows no media: a reference travels as JSON. */
const MEDIA_CODE = `/**
 * Bytes by their content address; they stay on the phone.
 *
 * @property sha256 SHA-256 of the bytes in hexadecimal, lower case
 * @property bytes how many
 * @property type media type, as \`image/jpeg\`
 */
public data class MediaReference(
    public val sha256: String,
    public val bytes: Long,
    public val type: String,
) {
    internal val members: Map<String, Any>
        get() = mapOf("sha256" to sha256, "bytes" to bytes, "type" to type)
}
`;

function eventCode(event: EventDefinition, name: string): string {
  const fields = Object.entries(event.fields);
  const names = distinctNames(
    fields.map(([field]) => field),
    (field) => escapeName(propertyName(field)),
  );
  // Those that must be given come first, so that a call reads without the names of the others.
  const listed = fields
    .map(([field, type], index) => ({ field, type, name: names[index]! }))
    .sort((left, right) => Number(left.type.optional === true) - Number(right.type.optional === true));
  const enums = listed.flatMap(({ field, type, name: property }) => {
    if (type.kind !== "string" || type.oneOf === undefined) return [];
    const entries = distinctNames(type.oneOf, entryName);
    const lines = type.oneOf.map((text, index) => `        ${entries[index]}(${literal(text)}),`);
    return [
      `    /** Answers to \`${field}\`. */\n    public enum class ${typeOf(type, property)}(internal val text: String) {\n${lines.join("\n")}\n    }`,
    ];
  });
  const properties = listed.map(({ type, name: property }) => {
    const kind = typeOf(type, property);
    const declared = type.optional === true ? `${kind}? = null` : kind;
    return `    /** ${comment(capital(describeField(type)))}. */\n    public val ${property}: ${declared},`;
  });
  const values = listed.map(
    ({ field, type, name: property }) =>
      `            ${literal(field)} to ${valueCode(type, `event.${property}`)},`,
  );
  const head = `/** Event \`${event.name}\`, version ${event.version}, for the purpose \`${comment(event.purpose)}\`, kept ${comment(event.retain)}. */`;
  const body = enums.length === 0 ? "" : ` {\n${enums.join("\n\n")}\n}`;
  const declaration =
    listed.length === 0
      ? `${head}\npublic object ${name}`
      : `${head}\npublic data class ${name}(\n${properties.join("\n")}\n)${body}`;
  const map = values.length === 0 ? "emptyMap()" : `mapOf<String, Any?>(\n${values.join("\n")}\n        )`;
  return `${declaration}

/** Records \`${event.name}\`; null without consent to \`${comment(event.purpose)}\`. */
public fun TidelineClient.track(event: ${name}, time: Long? = null): EventIdentity? =
    track(
        ${literal(event.name)},
        ${map},
        time,
    )
`;
}

/**
 * Source files of a typed client in Kotlin, over `dev.tideline:tideline-core`: a class and a `track` for each event, and
 * the definition that the client is opened with. Predictions are reported by the client itself.
 *
 * @throws `ARGUMENT_INVALID` for a package name that is none.
 * @example
 * kotlinClient(app, "com.example.gym")["Events.kt"]; // client.track(Tap(target = "save", screen = "home"))
 */
export function kotlinClient(app: AppDefinition, packageName: string): Readonly<Record<string, string>> {
  const isName = /^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$/.test(packageName);
  if (!isName || packageName.split(".").some((part) => KEYWORDS.has(part))) {
    throw tidelineError("ARGUMENT_INVALID", {
      who: "tideline client",
      field: "--package",
      expected: "a package name such as com.example.gym",
      received: packageName,
    });
  }
  const reported = app.models.length > 0 ? ["prediction"] : [];
  const events = Object.values(app.events).filter(({ name }) => !reported.includes(name));
  const names = distinctNames(
    events.map(({ name }) => name),
    (name) => className(name, "Event"),
  );
  const kinds = new Set(events.flatMap(({ fields }) => Object.values(fields).map(({ kind }) => kind)));
  const imports = [
    "dev.tideline.EventIdentity",
    "dev.tideline.TidelineClient",
    ...(kinds.has("frame") ? ["dev.tideline.wire.Frame"] : []),
  ];
  const definition = canonicalJson(app);
  const source = [
    `// Generated by tideline client from the definition ${jsonHash(app)} of "${comment(app.name)}". Do not edit.`,
    `package ${packageName}\n`,
    `${imports.map((name) => `import ${name}`).join("\n")}\n`,
    ...(kinds.has("media") ? [MEDIA_CODE] : []),
    ...events.map((event, index) => eventCode(event, names[index]!)),
  ].join("\n");
  return { "Events.kt": source, "definition.json": definition };
}
