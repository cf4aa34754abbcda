import { stat } from "node:fs/promises";
import { dirname, resolve, sep } from "node:path";
import { writeArrow, writeCsv, writeJson, writeParquet } from "@tideline/pipeline/frame";
import type { FrameSource } from "@tideline/learn/frame";
import { tidelineError } from "@tideline/spec";
import { outFileError } from "./out-file.ts";

const WHO = "tideline quality";

type Writer = (path: string, rows: FrameSource) => Promise<{ readonly rows: number }>;

const WRITERS: readonly (readonly [RegExp, Writer])[] = [
  [/\.csv$/iu, writeCsv],
  [/\.(?:jsonl|ndjson)$/iu, writeJson],
  [/\.parquet$/iu, (path, rows) => writeParquet(path, rows)],
  [/\.arrow$/iu, (path, rows) => writeArrow(path, rows)],
];

/** Writes rows to a file of the format that its ending says, whole or not at all. @throws ARGUMENT_INVALID */
export async function writeTable(flag: string, path: string, rows: FrameSource): Promise<number> {
  const writer = writerOf(flag, path);
  try {
    return (await writer(path, rows)).rows;
  } catch (cause) {
    throw outFileError(WHO, "a file that can be written", path, cause, flag);
  }
}

/** The writer that the ending of a path says. @throws ARGUMENT_INVALID */
export function writerOf(flag: string, path: string): Writer {
  const found = WRITERS.find(([ending]) => ending.test(path));
  if (found !== undefined) return found[1];
  throw tidelineError("ARGUMENT_INVALID", {
    who: WHO,
    field: flag,
    expected: "a file that ends in .csv, .jsonl, .parquet or .arrow",
    received: path,
  });
}

/** Wants a file to be written to be none of those that are read, in a folder that is there. @throws ARGUMENT_INVALID */
export async function needOutFile(
  flag: string,
  path: string,
  read: readonly string[],
  who = WHO,
): Promise<void> {
  const wrong = (expected: string, received: string) =>
    tidelineError("ARGUMENT_INVALID", { who, field: flag, expected, received });
  const same = await Promise.all(read.map(async (one) => (await isSame(one, path)) || isWithin(one, path)));
  if (same.includes(true)) throw wrong("a file that this does not read", path);
  const folder = await stat(dirname(resolve(path))).catch(() => undefined);
  if (folder?.isDirectory() !== true) throw wrong("a file in a folder that is there", path);
  const own = await stat(path).catch(() => undefined);
  if (own?.isDirectory() === true) throw wrong("a file", `${path}, which is a folder`);
}

/** Whether a file would be read with the Parquet files of a folder the next time. */
async function isWithin(folder: string, path: string): Promise<boolean> {
  if (!/\.parquet$/iu.test(path) || !resolve(path).startsWith(`${resolve(folder)}${sep}`)) return false;
  return (await stat(folder).catch(() => undefined))?.isDirectory() === true;
}

/** Whether two paths are one file, by whatever links. */
async function isSame(one: string, other: string): Promise<boolean> {
  if (resolve(one) === resolve(other)) return true;
  const [a, b] = await Promise.all([one, other].map((path) => stat(path).catch(() => undefined)));
  return a !== undefined && b !== undefined && a.dev === b.dev && a.ino === b.ino;
}
