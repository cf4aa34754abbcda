import { parseTimeText, type ColumnKind, type ColumnSchema, type FrameSchema } from "@tideline/learn/frame";
import { tidelineError } from "@tideline/spec/error";
import { parseLine } from "./json-value.ts";
import { textHead } from "./text-head.ts";
import { textLines } from "./text-line.ts";

/**
 * The columns of a file of JSON lines, from its first lines: the kind that most values of a field are of. Numbers are
 * floats, or integers where all are whole and one is beyond 2^53, which a float does not hold; texts that are all ISO 8601 with a time of day are times, lists series; a field of nothing but `null` holds texts.
 *
 * @throws DATA_MALFORMED where no line is an object, ARGUMENT_INVALID for a field of objects.
 */
export async function inferSchema(who: string, path: string, sample: number): Promise<FrameSchema> {
  const counts = new Map<string, Map<ColumnKind | "object", number>>();
  const wide = new Set<string>();
  const broken = new Set<string>();
  let seen = 0;
  let first: string | undefined;
  for await (const lines of textLines("jsonSource", path)) {
    for (const { text } of lines.slice(0, sample - seen)) {
      seen++;
      if (seen === 1) first = text?.trim();
      const object = text === undefined ? "" : parseLine(text);
      if (typeof object === "string") continue;
      count(counts, object);
      for (const [name, value] of Object.entries(object))
        if (typeof value === "bigint") (inRange(value) ? wide : broken).add(name);
        else if (typeof value === "number" && !Number.isSafeInteger(value)) broken.add(name);
    }
    if (seen >= sample) break;
  }
  const list = first?.startsWith("[") === true;
  // Of a list over several lines some may be objects, without the comma behind them.
  if (counts.size === 0 || (list && !first!.endsWith("]"))) {
    await textHead(who, path);
    throw tidelineError("DATA_MALFORMED", {
      who,
      expected: "a JSON object in a line",
      received:
        seen === 0
          ? "a file without lines"
          : list
            ? "a list"
            : `none in ${seen} line${seen === 1 ? "" : "s"}`,
      ...(list && { remedy: "Write each object of the list in a line of its own: jq -c '.[]' old > new" }),
    });
  }
  return Object.freeze(
    Array.from(counts, ([name, kinds]): ColumnSchema => {
      const [most = ["string", 0] as const] = [...kinds].toSorted(([, one], [, other]) => other - one);
      // A text that is no time makes all of them texts.
      const kind =
        most[0] === "time" && kinds.has("string")
          ? "string"
          : wide.has(name) && !broken.has(name) && most[0] === "float"
            ? "integer"
            : most[0];
      if (kind !== "object") return { name, kind };
      throw tidelineError("ARGUMENT_INVALID", {
        who,
        field: `field ${JSON.stringify(name)}`,
        expected: "numbers, texts, truths, times or lists of numbers",
        received: "objects",
        remedy: 'Leave it out: a schema of the others and unknown: "ignore".',
      });
    }),
  );
}

function count(
  counts: Map<string, Map<ColumnKind | "object", number>>,
  object: Readonly<Record<string, unknown>>,
): void {
  for (const [name, value] of Object.entries(object)) {
    let kinds = counts.get(name);
    if (kinds === undefined) counts.set(name, (kinds = new Map()));
    const kind = kindOf(value);
    if (kind !== undefined) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  }
}

/** Whether 64 bits hold it with its sign. */
const inRange = (value: bigint): boolean => BigInt.asIntN(64, value) === value;

function kindOf(value: unknown): ColumnKind | "object" | undefined {
  switch (typeof value) {
    case "number":
    case "bigint":
      return "float";
    case "boolean":
      return "boolean";
    case "string":
      return value.length > 10 && parseTimeText(value) !== undefined ? "time" : "string";
    default:
      return value === null ? undefined : Array.isArray(value) ? "series" : "object";
  }
}
