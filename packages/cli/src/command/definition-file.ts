import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { definitionFault, jsonHash, makeFolder, writeDurably, type LakeColumn } from "@tideline/pipeline";
import { canonicalJson, tidelineError, type AppDefinition } from "@tideline/spec";

/** Version of the file that `tideline check --save` writes. */
const FORMAT = 1;

/** A definition that phones were once built with. */
export interface PublishedDefinition {
  /** File or folder that it was read from. */
  readonly source: string;
  /** Content address. */
  readonly definition: string;
  readonly app: AppDefinition;
}

/** Columns that tables of a lake have, by table. */
export type LakeTables = Readonly<Record<string, readonly LakeColumn[]>>;

/** Reads a definition from JSON: what `--save` wrote, what `check --json` printed, or the bare definition. */
export function parseDefinition(text: string, source: string): PublishedDefinition {
  const refuse = (field: string, received: string, cause?: unknown): never => {
    throw tidelineError("DATA_MALFORMED", {
      who: `baseline ${source}`,
      field,
      expected: "a definition that tideline check --save or --json wrote",
      received,
      cause,
    });
  };
  let value: unknown;
  try {
    // `--json` prints the object as the last line, after whatever else was said.
    value = JSON.parse(text.trimStart().startsWith("{") ? text : (text.trimEnd().split("\n").at(-1) ?? ""));
  } catch (cause) {
    return refuse("json", "text that is no JSON", cause);
  }
  const wrapped = value as { format?: unknown; app?: unknown } | null;
  if (typeof wrapped?.format === "number" && wrapped.format > FORMAT) {
    refuse("format", `format ${wrapped.format}, of a newer Tideline`);
  }
  const app = wrapped?.app ?? value;
  const fault = definitionFault(app);
  if (fault !== undefined) refuse(fault.path.join(".") || "definition", fault.message);
  return { source, definition: jsonHash(app), app: app as AppDefinition };
}

/** The bytes of the file of `tideline check --save`. */
export function definitionFile(app: AppDefinition): string {
  return `${JSON.stringify({ format: FORMAT, kind: "definition", definition: jsonHash(app), app }, null, 2)}\n`;
}

const recorded = (folder: string): string => join(folder, "definition");

/** Keeps the definition that a folder serves under its content address, for `tideline check --against <folder>`. */
export async function recordDefinition(folder: string, app: AppDefinition): Promise<void> {
  const path = join(recorded(folder), `${jsonHash(app)}.json`);
  await makeFolder(recorded(folder));
  await writeDurably(path, canonicalJson(app));
}

/** Every definition that a folder has served, by content address. @throws `DATA_MALFORMED` */
export async function recordedDefinitions(folder: string): Promise<readonly PublishedDefinition[]> {
  const names = await readdir(recorded(folder)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  const files = names.filter((name) => /^[0-9a-f]{64}\.json$/.test(name)).sort();
  return Promise.all(
    files.map(async (name) => {
      const source = join(recorded(folder), name);
      const text = await readFile(source, "utf8");
      if (createHash("sha256").update(text).digest("hex") !== name.slice(0, 64)) {
        throw tidelineError("DATA_MALFORMED", {
          who: `definition ${source}`,
          expected: "the bytes that its name is the hash of",
          received: "other bytes",
          remedy: "Restore it from a backup, or remove it.",
        });
      }
      return parseDefinition(text, source);
    }),
  );
}
