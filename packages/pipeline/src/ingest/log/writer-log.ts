import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { tidelineError } from "@tideline/spec";
import { folderLayout } from "../../catalog/folder.ts";

/** The log of one writer of a folder. */
export interface WriterLog {
  /** Null for the first writer, who owns the folder too. */
  readonly writer: string | null;
  /** The folder with its segments and its checkpoint: `log`, or `log-<writer>`. */
  readonly path: string;
}

/** Names that are safe as a part of a path everywhere, also where letters have no case. */
const NAME = /^[a-z0-9][a-z0-9-]{0,31}$/;

/**
 * The log of a writer of a folder.
 *
 * @throws `ARGUMENT_INVALID` for a name that is no part of a path
 */
export function writerLog(folder: string, writer: string | null): WriterLog {
  const { root, log } = folderLayout(folder);
  if (writer === null) return { writer, path: log };
  if (NAME.test(writer)) return { writer, path: join(root, `log-${writer}`) };
  throw tidelineError("ARGUMENT_INVALID", {
    who: "writer",
    expected: "1 to 32 of a-z, 0-9 and - that do not start with -",
    received: writer.slice(0, 40),
  });
}

/**
 * Every log of a folder: the first writer's, whether it is there yet or not, then the others' by name.
 *
 * @example
 * for (const { path } of await listLogs(folder)) segments.push(...(await listSegments(path)));
 */
export async function listLogs(folder: string): Promise<readonly WriterLog[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException): string[] => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  const writers = names
    .filter((name) => name.startsWith("log-"))
    .map((name) => name.slice("log-".length))
    .filter((writer) => NAME.test(writer));
  return [writerLog(folder, null), ...writers.sort().map((writer) => writerLog(folder, writer))];
}
