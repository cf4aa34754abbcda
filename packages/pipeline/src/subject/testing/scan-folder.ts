import { readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { literal, openEngine, texts, type Engine } from "../../lake/index.ts";

/** Where something was found: `<needle> in <file>`, the needle by its name. */
export type Finding = string;

/** Rows of a Parquet file as text: what compression hides from a scan of its bytes. */
async function parquetText(engine: Engine, path: string): Promise<string> {
  const columns = await engine.columns(
    `select cast(to_json(t) as varchar) as text from read_parquet(${literal(path)}, hive_partitioning = false) t`,
  );
  return texts(columns, "text").join("\n");
}

/**
 * Looks for byte strings in every file below a folder: in the raw bytes, and in the rows of Parquet files.
 *
 * @param needles by name; text is looked for as UTF-8
 */
export async function scanFolder(
  folder: string,
  needles: Readonly<Record<string, string | Uint8Array>>,
): Promise<readonly Finding[]> {
  const engine = await openEngine({ temporary: join(folder, "..", "scan"), threads: 1 });
  const wanted = Object.entries(needles).map(
    ([name, needle]) => [name, Buffer.from(needle as string)] as const,
  );
  const found: Finding[] = [];
  try {
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const path = join(entry.parentPath, entry.name);
      const bytes = await readFile(path);
      const rows = path.endsWith(".parquet") ? Buffer.from(await parquetText(engine, path)) : null;
      for (const [name, needle] of wanted) {
        const stands = bytes.includes(needle) || rows?.includes(needle) === true;
        if (stands) found.push(`${name} in ${relative(folder, path)}`);
      }
    }
  } finally {
    await engine.close();
  }
  return found.sort();
}
