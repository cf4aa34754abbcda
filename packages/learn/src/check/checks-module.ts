import type { Check, CheckSet } from "./check-def.ts";

/** What is said beside the checks, as comments. */
export interface ChecksModuleOptions {
  /** Where they come from, such as `"20,000 rows of taps.csv"`. */
  readonly from?: string;
  /** By column (null: the table); `InferredChecks` has them. */
  readonly notes?: readonly { readonly column: string | null; readonly text: string }[];
}

/** Characters of a line. */
const WIDTH = 110;

/**
 * Checks as a TypeScript module whose default export is the set: what a person reads, changes and keeps beside the code. The same
 * set gives the same text, and importing the text gives the same set. Texts of the table cannot become code: they are quoted,
 * invisible characters written as escapes.
 *
 * @example
 * await writeFile("taps.checks.ts", checksModule(set, { from: "20,000 rows of taps.csv", notes }));
 */
export function checksModule(set: CheckSet, { from, notes = [] }: ChecksModuleOptions = {}): string {
  const own = Object.values(set.columns).flat();
  const used = new Set<string>([...own, ...set.rows].map(({ check }) => check));
  const lines = [`import { ${["checks", ...used].toSorted().join(", ")} } from "@tideline/learn/check";`, ""];
  if (from !== undefined)
    lines.push(`// Inferred from ${plain(from)}: a start. Read it, and say more exactly what you know.`);
  lines.push(...notes.filter(({ column }) => column === null).map(({ text }) => `// ${plain(text)}.`));
  lines.push("export default checks({", "  columns: {");
  for (const [name, list] of Object.entries(set.columns)) {
    lines.push(...notes.filter(({ column }) => column === name).map(({ text }) => `    // ${plain(text)}.`));
    lines.push(...listLines(`    ${keyOf(name)}: `, list, "    "));
  }
  lines.push("  },");
  if (set.rows.length > 0) lines.push(...listLines("  rows: ", set.rows, "  "));
  return `${[...lines, "});"].join("\n")}\n`;
}

/** A list in one line where it fits, else a check a line. */
function listLines(head: string, list: readonly Check[], indent: string): readonly string[] {
  const calls = list.map(callOf);
  const one = `${head}[${calls.join(", ")}],`;
  if (one.length <= WIDTH) return [one];
  return [`${head}[`, ...calls.map((call) => `${indent}  ${call},`), `${indent}],`];
}

/** The call that makes a check. */
function callOf(check: Check): string {
  const { check: name, ...all } = check;
  const given: Record<string, unknown> = { ...all };
  const first: string[] = [];
  const take = (field: string): unknown => {
    const value = given[field];
    delete given[field];
    return value;
  };
  if (check.check === "type") first.push(textOf(take("kind")));
  if (check.check === "range")
    first.push(textOf(take("atLeast") ?? -Infinity), textOf(take("atMost") ?? Infinity));
  if (check.check === "oneOf") first.push(textOf(take("values")));
  if (check.check === "custom") first.push(textOf(take("name")));
  if (check.check === "like") first.push(textOf(take("reference")));
  if (check.check === "pattern") {
    take("source");
    take("flags");
    first.push(plain(String(new RegExp(check.source, check.flags))));
  }
  const left = Object.entries(given).some(([, value]) => value !== undefined) ? [textOf(given)] : [];
  return `${name}(${[...first, ...left].join(", ")})`;
}

/** Plain data as an expression. */
function textOf(value: unknown): string {
  if (typeof value === "string") return quoted(value);
  if (Object.is(value, -0)) return "-0";
  if (Array.isArray(value)) return `[${value.map(textOf).join(", ")}]`;
  if (typeof value !== "object" || value === null) return String(value);
  const parts = Object.entries(value).flatMap(([key, own]) =>
    own === undefined ? [] : [`${keyOf(key)}: ${textOf(own)}`],
  );
  return `{ ${parts.join(", ")} }`;
}

/** A name as the key of an object; `__proto__` as it is would be no key. */
function keyOf(name: string): string {
  if (name === "__proto__") return `["__proto__"]`;
  return /^[A-Za-z_$][\w$]*$/u.test(name) ? name : quoted(name);
}

function quoted(text: string): string {
  return plain(JSON.stringify(text));
}

/** Text without line ends and characters that hide or turn what is written: escaped as in texts and regular expressions. */
function plain(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/gu, (own) =>
    Array.from(
      { length: own.length },
      (_, at) => `\\u${own.charCodeAt(at).toString(16).padStart(4, "0")}`,
    ).join(""),
  );
}
