import { stat } from "node:fs/promises";
import type { ColumnSchema, FrameSource } from "@tideline/learn/frame";
import { messageOf, tidelineError } from "@tideline/spec/error";
import { needKnown, type FieldsOf } from "../known-field.ts";
import { arrowSource } from "./arrow-source.ts";
import { csvSource } from "./csv-source.ts";
import { folderFiles } from "./folder-files.ts";
import { jsonSource } from "./json-source.ts";
import { parquetSource } from "./parquet-source.ts";
import type { OnRejected } from "./rejected-row.ts";
import { formatOfFile, type TableFormat } from "./table-format.ts";

/** How a table is read. */
export interface OpenTableOptions {
  /** Takes rows of CSV and JSON lines that cannot be read, in each pass; without it they end it. Other formats have none. */
  readonly onRejected?: OnRejected;
  /** Unquoted texts of CSV that stand for a missing value, besides the empty one. Other formats say it themselves. */
  readonly missing?: readonly string[];
  /**
   * Whether a column of CSV, by its name, is read as the texts that it is written in, whatever kind they look like: `yes` stays one, and
   * so does `01234`. Other formats say kinds themselves.
   */
  readonly isText?: (name: string) => boolean;
  /** MiB that the engine which reads takes at most, where one does. Default 512. */
  readonly memory?: number;
}

const OPTIONS: FieldsOf<OpenTableOptions> = { onRejected: true, missing: true, isText: true, memory: true };

/**
 * A file of any of the formats, by its ending or, without a known one, by its first bytes; a folder of Parquet files, in
 * the order of their names; or several Parquet files.
 *
 * @throws DATA_NOT_FOUND for a path without a file or a folder without Parquet files; ARGUMENT_INVALID for `missing` of
 *   what is no CSV; as the readers do.
 * @example
 * const source = await openTable("taps.csv.gz");
 */
export async function openTable(
  path: string | readonly string[],
  options: OpenTableOptions = {},
): Promise<FrameSource> {
  needKnown("openTable", undefined, options, OPTIONS);
  if (typeof path !== "string") return asParquet(path, options);
  const found = await stat(path).catch((cause: unknown) => {
    throw tidelineError("DATA_NOT_FOUND", {
      who: "openTable",
      field: path,
      expected: "a file or folder that can be read",
      received:
        (cause as NodeJS.ErrnoException).code === "ENOENT" ? "nothing of that name" : messageOf(cause),
      remedy: "Pass a path that is there; it counts from the working directory.",
      cause,
    });
  });
  if (!found.isDirectory()) return READERS[await formatOfFile("openTable", path)](path, options);
  return asParquet(await folderFiles("openTable", path), options);
}

async function asParquet(
  paths: string | readonly string[],
  { missing = [], memory }: OpenTableOptions,
): Promise<FrameSource> {
  needNoMissing(missing, typeof paths === "string" ? paths : (paths[0] ?? "no file"));
  return parquetSource(paths, { nested: "text", ...(memory && { memory }) });
}

function needNoMissing(missing: readonly string[], path: string): void {
  if (missing.length > 0)
    throw tidelineError("ARGUMENT_INVALID", {
      who: "openTable",
      field: "missing",
      expected: "a CSV file: other formats say themselves what is missing",
      received: path,
    });
}

const READERS: Readonly<
  Record<TableFormat, (path: string, options: OpenTableOptions) => Promise<FrameSource>>
> = {
  parquet: asParquet,
  csv: async (path, { missing = [], isText = () => false, ...options }) => {
    const reading = { ...options, missing: ["", ...missing] };
    const found = await csvSource(path, reading);
    const asText = ({ name, kind }: ColumnSchema): boolean => kind !== "string" && isText(name);
    if (!found.schema.some(asText)) return found;
    const schema = found.schema.map((own) =>
      asText(own) ? { name: own.name, kind: "string" as const } : own,
    );
    return csvSource(path, { ...reading, schema });
  },
  json: async (path, { missing = [], onRejected }) => {
    needNoMissing(missing, path);
    return jsonSource(path, { ...(onRejected && { onRejected }) });
  },
  arrow: async (path, { missing = [] }) => {
    needNoMissing(missing, path);
    return arrowSource(path);
  },
};
