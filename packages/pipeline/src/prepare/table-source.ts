import { createHash } from "node:crypto";
import { stat } from "node:fs/promises";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import type { FrameSource } from "@tideline/learn/frame";
import { messageOf, tidelineError } from "@tideline/spec";
import { folderLayout, openCatalog } from "../catalog/index.ts";
import { arrowSource, csvSource, jsonSource, parquetSource, type OnRejected } from "../frame/index.ts";
import type { CsvSourceOptions } from "../frame/csv-source.ts";
import type { JsonSourceOptions } from "../frame/json-source.ts";
import { folderFiles } from "../frame/folder-files.ts";
import { formatOfFile, type TableFormat } from "../frame/table-format.ts";
import { latestSnapshot, readSnapshot } from "../lake/index.ts";
import { nameOfType } from "../frame/atomic-file.ts";
import { needKnown, type FieldsOf } from "../known-field.ts";
import { hashFile } from "./step-file.ts";

export type { TableFormat };

/** How a table is read. */
export interface TableOptions
  extends
    Pick<CsvSourceOptions, "schema" | "sample" | "delimiter" | "header" | "missing">,
    Pick<JsonSourceOptions, "unknown"> {
  /** Default: by the file's ending, or without a known one by its first bytes. */
  readonly format?: TableFormat;
  /** Share of the rows that may be unreadable; they go to quarantine. More end the run. Default 0.05. */
  readonly unreadable?: number;
}

const TABLE_FIELDS: FieldsOf<TableOptions> = {
  schema: true,
  sample: true,
  delimiter: true,
  header: true,
  missing: true,
  unknown: true,
  format: true,
  unreadable: true,
};

/** Where rows come from: plain data, read when a preparation runs. */
export type TableSource =
  | { readonly kind: "files"; readonly paths: readonly string[]; readonly options: TableOptions }
  | {
      readonly kind: "snapshot";
      readonly folder: string;
      readonly table: string;
      readonly snapshot?: string;
    };

/**
 * A file (CSV, JSON lines, Parquet, Arrow; plain or, of texts, `.gz`), several of one form, or a folder of Parquet files.
 *
 * @param paths from the working directory; a URL (`new URL("taps.csv", import.meta.url)`) is from a module.
 * @throws ARGUMENT_INVALID for no path, and a share that is none.
 * @example
 * table(new URL("visits.csv.gz", import.meta.url), { missing: ["", "?"] });
 */
export function table(
  paths: string | URL | readonly (string | URL)[],
  options: TableOptions = {},
): TableSource {
  const list = (Array.isArray(paths) ? (paths as readonly (string | URL)[]) : [paths as string | URL]).map(
    (path) => (path instanceof URL ? fileURLToPath(path) : path),
  );
  needKnown("table", undefined, options, TABLE_FIELDS);
  const { unreadable = 0.05 } = options;
  if (list.length === 0) throw wrong("table", "paths", "at least one", "none");
  const strange = list.find((path) => typeof path !== "string" || path === "");
  if (strange !== undefined || list.includes(undefined as never))
    throw wrong(
      "table",
      "paths",
      "paths of files, as texts or URLs",
      strange === "" ? "an empty one" : nameOfType(strange),
    );
  if (!(unreadable >= 0 && unreadable <= 1))
    throw wrong("table", "unreadable", "a share from 0 to 1", String(unreadable));
  return Object.freeze({ kind: "files", paths: Object.freeze(list), options: Object.freeze({ ...options }) });
}

/**
 * A table of a snapshot in a folder of Tideline: the newest, or the one named.
 *
 * @example
 * snapshotTable("gym", { table: "workout_done" });
 */
export function snapshotTable(
  folder: string | URL,
  options: { readonly table: string; readonly snapshot?: string },
): TableSource {
  const path = folder instanceof URL ? fileURLToPath(folder) : folder;
  needKnown("snapshotTable", undefined, options, { table: true, snapshot: true });
  return Object.freeze({ kind: "snapshot", folder: path, ...options });
}

/** A table whose bytes are known. */
export interface OpenedTable {
  /** Content address of the files' bytes, in order. */
  readonly hash: string;
  readonly files: readonly string[];
  readonly format: TableFormat;
  readonly options: TableOptions;
  /** Sizes and times of the files, from before they were hashed. */
  readonly stamp: string;
}

/** Sizes and times of files: other ones say that something was written meanwhile. */
async function stampOf(files: readonly string[]): Promise<string> {
  const found = await Promise.all(files.map((file) => stat(file, { bigint: true })));
  return found.map(({ size, mtimeNs, ino }) => `${size}/${mtimeNs}/${ino}`).join(" ");
}

/** @throws DATA_MALFORMED where a file of the table is not as it was when it was hashed. */
export async function checkUnchanged({ files, stamp }: OpenedTable): Promise<void> {
  if ((await stampOf(files)) === stamp) return;
  throw tidelineError("DATA_MALFORMED", {
    who: `table ${shownFiles(files)}`,
    expected: "files that stay as they are while they are read",
    received: "one that changed",
    remedy: "Run again when nothing writes to it.",
  });
}

/** Options, and the formats that are read by them; the others say such things themselves. */
const READ_BY: readonly (readonly [keyof TableOptions, ...TableFormat[]])[] = [
  ["delimiter", "csv"],
  ["header", "csv"],
  ["missing", "csv"],
  ["schema", "csv", "json"],
  ["sample", "csv", "json"],
  ["unknown", "json"],
];

/**
 * Finds the files and takes their hashes.
 *
 * @throws DATA_NOT_FOUND, NOT_FOUND; ARGUMENT_INVALID for files of several formats, and options that theirs has no use for.
 */
export async function openTableSource(source: TableSource): Promise<OpenedTable> {
  if (source.kind === "snapshot") return openSnapshot(source);
  const { options } = source;
  const files: string[] = [];
  for (const path of source.paths) files.push(...(await filesOf(path)));
  const formats = new Set<TableFormat>();
  for (const file of files) formats.add(options.format ?? (await formatOfFile("prepare", file)));
  if (formats.size > 1) throw wrong("table", "paths", "files of one format", [...formats].join(", "));
  const [format] = [...formats] as [TableFormat];
  const unread = READ_BY.find(([option, ...by]) => options[option] !== undefined && !by.includes(format));
  if (unread !== undefined)
    throw wrong("table", unread[0], `files of ${unread.slice(1).join(" or ")}`, `files of ${format}`);
  const stamp = await stampOf(files);
  const hashes = [];
  for (const file of files) hashes.push(await hashFile(file));
  return { hash: hashOf(hashes), files, format, options, stamp };
}

/** The rows of a table; those that cannot be read go to `onRejected`. */
export function readTable(
  { files, format, options }: OpenedTable,
  where: { readonly temporary: string; readonly memory: number },
  onRejected?: OnRejected,
): Promise<FrameSource> {
  const { format: _, unreadable: __, unknown, ...csv } = options;
  const rejected = onRejected === undefined ? {} : { onRejected };
  switch (format) {
    case "csv":
      // One thread: rows are numbered, and rejected, in the order of the file.
      return csvSource(files, { ...csv, ...where, threads: 1, ...rejected });
    case "json": {
      const { schema, sample } = csv;
      const own = { ...(schema && { schema }), ...(sample && { sample }), ...(unknown && { unknown }) };
      return jsonSource(files, { ...own, ...rejected });
    }
    case "arrow":
      if (files.length > 1) throw wrong("table", "paths", "one file of Arrow", String(files.length));
      return arrowSource(files[0]!);
    case "parquet":
      return parquetSource(files, { nested: "text", ...where });
  }
}

async function filesOf(path: string): Promise<readonly string[]> {
  const found = await stat(path).catch((cause: unknown) => {
    throw tidelineError("DATA_NOT_FOUND", {
      who: "prepare",
      field: path,
      expected: "a file or folder that can be read",
      received:
        (cause as NodeJS.ErrnoException).code === "ENOENT" ? "nothing of that name" : messageOf(cause),
      remedy:
        "A path counts from the working directory; new URL(path, import.meta.url) counts from the module.",
      cause,
    });
  });
  return found.isDirectory() ? folderFiles("prepare", path) : [path];
}

async function openSnapshot({
  folder,
  table: name,
  snapshot,
}: Extract<TableSource, { kind: "snapshot" }>): Promise<OpenedTable> {
  const found = await stat(folderLayout(folder).catalog).catch(() => undefined);
  const catalog = found === undefined ? undefined : await openCatalog(folder);
  try {
    const chosen =
      snapshot !== undefined
        ? await readSnapshot(folder, snapshot)
        : catalog === undefined
          ? null
          : await latestSnapshot(catalog, folder);
    if (chosen === null)
      throw tidelineError("NOT_FOUND", {
        who: "snapshotTable",
        field: folder,
        expected: "a folder with a snapshot",
        received: "none",
      });
    const { tables } = chosen.manifest;
    const own = Object.hasOwn(tables, name) ? tables[name]! : undefined;
    if (own === undefined || own.files.length === 0)
      throw wrong(
        "snapshotTable",
        "table",
        `one with rows of ${Object.keys(tables).join(", ")}`,
        own === undefined ? name : `${name}, which has none`,
      );
    const hash = hashOf(own.files.map(({ sha256 }) => sha256));
    const files = own.files.map(({ path }) => join(chosen.folder, path));
    return { hash, files, format: "parquet", options: {}, stamp: await stampOf(files) };
  } finally {
    await catalog?.close();
  }
}

/** Names of files for messages. */
export const shownFiles = (files: readonly string[]): string =>
  files
    .slice(0, 3)
    .map((file) => relative(process.cwd(), file) || file)
    .join(", ") + (files.length > 3 ? ` and ${files.length - 3} more` : "");

function hashOf(hashes: readonly string[]): string {
  return createHash("sha256").update(JSON.stringify(hashes)).digest("hex");
}

function wrong(who: string, field: string, expected: string, received: string) {
  return tidelineError("ARGUMENT_INVALID", { who, field, expected, received });
}
