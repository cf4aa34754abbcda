import { nearestRemedy } from "@tideline/learn/nearest-name";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { latestSnapshot, readSnapshot, type Snapshot } from "@tideline/pipeline";
import { tidelineError } from "@tideline/spec";
import { shortId } from "../output/figure.ts";
import { locateFolder, withFolder } from "./open-folder.ts";

/** Which table of a folder of Tideline is meant, and how one of a file is read. */
export interface TableFlags {
  /** Texts of CSV that stand for a missing value besides the empty one. */
  readonly missing?: readonly string[];
  /** MiB that the engine which reads may take. */
  readonly memory?: string;
  /** The id of a snapshot; the newest without it. */
  readonly snapshot?: string;
  /** Of a snapshot: the table; that with the most rows without it. */
  readonly table?: string;
}

/** A table that was chosen. */
export interface ChosenTable {
  /** What `openTable` reads. */
  readonly paths: string | readonly string[];
  /** For a person. */
  readonly what: string;
}

/**
 * The table that a path and flags mean: a file, a folder of Parquet files, or a table of a snapshot in a folder of Tideline.
 *
 * @throws ARGUMENT_INVALID, DATA_NOT_FOUND, NOT_FOUND, SNAPSHOT_ERASED
 */
export async function chooseTable(
  who: string,
  path: string,
  { snapshot, table }: TableFlags,
): Promise<ChosenTable> {
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  const folder = isFolder ? await locateFolder(path).catch(() => undefined) : undefined;
  if (folder !== undefined)
    return withFolder(path, async ({ catalog }) => {
      const chosen =
        snapshot === undefined ? await latestSnapshot(catalog, folder) : await readSnapshot(folder, snapshot);
      if (chosen === null) throw tidelineError("NOT_FOUND", { who, field: path, expected: "a snapshot" });
      return filesOf(who, chosen, table);
    });
  const flag = snapshot === undefined ? (table === undefined ? undefined : "--table") : "--snapshot";
  if (flag === undefined) return { paths: path, what: path };
  throw tidelineError("ARGUMENT_INVALID", {
    who,
    field: flag,
    expected: "a folder that Tideline made",
    received: path,
  });
}

function filesOf(who: string, { id, folder, manifest }: Snapshot, named: string | undefined): ChosenTable {
  const names = Object.keys(manifest.tables);
  const name = named ?? names.toSorted((a, b) => manifest.tables[b]!.rows - manifest.tables[a]!.rows)[0];
  if (name === undefined || !Object.hasOwn(manifest.tables, name))
    throw tidelineError("ARGUMENT_INVALID", {
      who,
      field: "--table",
      expected: `one of ${names.join(", ")}`,
      received: name ?? "none",
      remedy: nearestRemedy(name, names),
    });
  const files = manifest.tables[name]!.files;
  if (files.length === 0)
    throw tidelineError("DATA_NOT_FOUND", {
      who,
      field: `table ${name}`,
      expected: "a table with rows",
      received: "none",
    });
  return {
    paths: files.map((file) => join(folder, file.path)),
    what: `table ${name} of snapshot ${shortId(id)}`,
  };
}
