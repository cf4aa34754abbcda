import { readFile, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { jsonHash, latestSnapshot } from "@tideline/pipeline";
import { tidelineError, type AppDefinition } from "@tideline/spec";
import {
  parseDefinition,
  recordedDefinitions,
  type LakeTables,
  type PublishedDefinition,
} from "./definition-file.ts";
import { withFolder } from "./open-folder.ts";

/** What a definition is held against. */
export interface Baseline {
  readonly published: readonly PublishedDefinition[];
  /** Columns of the newest snapshot, where the baseline is a folder with one. */
  readonly lake: LakeTables | null;
}

/** The definitions and the lake of a folder. */
async function folderBaseline(named: string): Promise<Baseline> {
  return withFolder(named, async ({ folder, catalog }) => {
    const published = await recordedDefinitions(folder);
    const snapshot = await latestSnapshot(catalog, folder);
    if (published.length === 0 && snapshot === null) {
      throw tidelineError("DATA_NOT_FOUND", {
        who: "tideline check",
        field: "--against",
        expected: "a folder that has served a definition",
        received: `${folder}, with none recorded and no snapshot`,
      });
    }
    const tables = Object.entries(snapshot?.manifest.tables ?? {});
    const lake = Object.fromEntries(tables.map(([name, { columns }]) => [name, columns]));
    return { published, lake: snapshot === null ? null : lake };
  });
}

/**
 * Reads what a definition is held against: a file that `check --save` or `--json` wrote, a module that exports `app`,
 * or a folder with the definitions that it has served and the columns of its lake.
 *
 * @throws `DATA_NOT_FOUND`, `DATA_MALFORMED`, `FOLDER_INVALID`
 */
export async function readBaseline(
  named: string,
  loadModule: (path: string) => Promise<AppDefinition>,
): Promise<Baseline> {
  const path = resolve(named);
  const status = await stat(path).catch((cause: unknown) => {
    const expected = "a file, a module or a folder";
    throw tidelineError("DATA_NOT_FOUND", { who: `baseline ${named}`, expected, cause });
  });
  if (status.isDirectory()) return folderBaseline(path);
  if (/\.[cm]?[jt]s$/.test(path)) {
    const app = await loadModule(path);
    return { published: [{ source: named, definition: jsonHash(app), app }], lake: null };
  }
  return { published: [parseDefinition(await readFile(path, "utf8"), named)], lake: null };
}
