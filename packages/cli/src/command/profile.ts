import { stat } from "node:fs/promises";
import { join } from "node:path";
import { latestSnapshot, readSnapshot, type Snapshot } from "@tideline/pipeline";
import { profileTable } from "@tideline/pipeline/frame";
import { tidelineError } from "@tideline/spec";
import type { CommandResult } from "../output/command-result.ts";
import { count, shortId } from "../output/figure.ts";
import { locateFolder, withFolder } from "./open-folder.ts";
import { profileText } from "./profile-text.ts";

/** Flags of `tideline profile` besides those that all have. */
export interface ProfileFlags {
  /** The column to predict. */
  readonly label?: string;
  /** Of a folder of Tideline: the id of a snapshot; the newest without it. */
  readonly snapshot?: string;
  /** Of a snapshot: the table; that with the most rows without it. */
  readonly table?: string;
}

/** Milliseconds between two lines of progress. */
const PROGRESS = 1000;

/**
 * `tideline profile <path>`: a table at a glance, of a file (CSV, JSON lines, Parquet, Arrow), of a folder of Parquet files,
 * or of a snapshot in a folder of Tideline. `tell` is told of the progress of long work.
 *
 * @throws DATA_NOT_FOUND, DATA_MALFORMED, ARGUMENT_INVALID, NOT_FOUND, SNAPSHOT_ERASED
 */
export async function profileCommand(
  path: string,
  flags: ProfileFlags = {},
  tell: (line: string) => void = () => undefined,
): Promise<CommandResult> {
  const { paths, what } = await tableOf(path, flags);
  let told = Date.now();
  const profile = await profileTable(paths, {
    ...(flags.label === undefined ? {} : { label: flags.label }),
    now: Date.now(),
    onProgress(rows) {
      if (Date.now() - told < PROGRESS) return;
      told = Date.now();
      tell(`${count(rows)} rows`);
    },
  });
  return { value: { path, ...profile }, text: profileText(profile, what) };
}

interface Chosen {
  readonly paths: string | readonly string[];
  readonly what: string;
}

async function tableOf(path: string, { snapshot, table }: ProfileFlags): Promise<Chosen> {
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  const folder = isFolder ? await locateFolder(path).catch(() => undefined) : undefined;
  if (folder !== undefined)
    return withFolder(path, async ({ catalog }) => {
      const chosen =
        snapshot === undefined ? await latestSnapshot(catalog, folder) : await readSnapshot(folder, snapshot);
      if (chosen === null)
        throw tidelineError("NOT_FOUND", { who: "tideline profile", field: path, expected: "a snapshot" });
      return filesOf(chosen, table);
    });
  const flag = snapshot === undefined ? (table === undefined ? undefined : "--table") : "--snapshot";
  if (flag === undefined) return { paths: path, what: path };
  throw tidelineError("ARGUMENT_INVALID", {
    who: "tideline profile",
    field: flag,
    expected: "a folder that Tideline made",
    received: path,
  });
}

function filesOf({ id, folder, manifest }: Snapshot, named: string | undefined): Chosen {
  const names = Object.keys(manifest.tables);
  const name = named ?? names.toSorted((a, b) => manifest.tables[b]!.rows - manifest.tables[a]!.rows)[0];
  if (name === undefined || !Object.hasOwn(manifest.tables, name))
    throw tidelineError("ARGUMENT_INVALID", {
      who: "tideline profile",
      field: "--table",
      expected: `one of ${names.join(", ")}`,
      received: name ?? "none",
    });
  const files = manifest.tables[name]!.files;
  if (files.length === 0)
    throw tidelineError("DATA_NOT_FOUND", {
      who: "tideline profile",
      field: `table ${name}`,
      expected: "a table with rows",
      received: "none",
    });
  return {
    paths: files.map((file) => join(folder, file.path)),
    what: `table ${name} of snapshot ${shortId(id)}`,
  };
}
