import { access, constants } from "node:fs/promises";
import { tmpdir } from "node:os";
import { isTidelineError, messageOf, tidelineError } from "@tideline/spec/error";
import { makeFolder } from "../catalog/durable-write.ts";
import { storageError } from "../catalog/storage-error.ts";
import type { Engine } from "../lake/index.ts";
import { nameOfType } from "./atomic-file.ts";
import { literal } from "../lake/sql-text.ts";

/** The engine that reads or writes a file. */
export interface FileEngineOptions {
  /** One that is open already, and stays so: for files that are trusted, since damaged ones may end its process. Default: one for each call. */
  readonly engine?: Engine;
  /** Where an engine of its own spills what does not fit. Default: the system's folder for temporary files. */
  readonly temporary?: string;
  /** Threads of an engine of its own, or of what reads without one. Default 2. */
  readonly threads?: number;
  /** MiB that an engine of its own takes at most. Default 512. */
  readonly memory?: number;
}

/**
 * Wants a folder to which an engine may spill, made where it is not there; before anything is read, since an engine says so only
 * once it has too much, and in words of its own.
 *
 * @param temporary undefined: the system's, which is not made.
 * @throws ARGUMENT_INVALID, DISK_FULL.
 */
export async function needTemporary(who: string, temporary: string | undefined): Promise<void> {
  if (temporary === undefined) return;
  const wrong = (received: string, cause?: unknown) =>
    tidelineError("ARGUMENT_INVALID", {
      who,
      field: "temporary",
      expected: "a folder that is there or can be made, for what does not fit into memory",
      received,
      remedy: "Pass the path of a folder that you may write to, or none: then it is the system's.",
      cause,
    });
  if (typeof temporary !== "string" || temporary === "")
    throw wrong(temporary === "" ? "an empty path" : typeof temporary);
  try {
    await makeFolder(temporary);
    await access(temporary, constants.W_OK | constants.X_OK);
  } catch (cause) {
    if (isTidelineError(cause, "FOLDER_INVALID")) throw wrong(`${temporary}, ${cause.parts.received}`, cause);
    if (isTidelineError(cause)) throw cause;
    const { code } = cause as NodeJS.ErrnoException;
    throw wrong(`${temporary}, which cannot be written (${code})`, cause);
  }
}

/** An engine for a time. */
export async function borrowEngine({
  engine,
  temporary = tmpdir(),
  threads = 2,
  memory = 512,
}: FileEngineOptions): Promise<{ readonly engine: Engine; release(): Promise<void> }> {
  if (engine !== undefined) return { engine, release: async () => {} };
  // Loaded when it is asked: it is as large as all else of a process that reads by itself.
  const { openEngine } = await import("../lake/engine.ts");
  const own = await openEngine({ temporary, threads, memory });
  return { engine: own, release: () => own.close() };
}

/** What an engine says that spills to a disk which is full, which it calls a lack of memory: in its advice, and of the file. */
const SPILLING = /max_temp_directory_size|failed to offload|duckdb_temp_/u;

/**
 * What an engine says that has not enough memory, as an error of its caller; undefined for other errors. What it cannot spill
 * are the buffers of columns: about 0.2 MiB for each of a CSV.
 */
export function memoryError(who: string, error: unknown): Error | undefined {
  const found = /Out of Memory Error[^(]*\(?[^(]*?([\d.]+ [KMGT]iB)\s*used\)?/u.exec(messageOf(error));
  if (found === null || SPILLING.test(messageOf(error))) return undefined;
  return tidelineError("ARGUMENT_INVALID", {
    who,
    field: "memory",
    expected: "enough for the columns that are read at once: about 0.2 MiB each",
    received: `${found[1]}, all of it used`,
    remedy:
      "Give more (--memory, or `memory` in MiB), take fewer columns, or put lists of numbers into one column. A Parquet file far smaller than that is damaged.",
    cause: error,
  });
}

/**
 * What an engine says that has no room to spill, as an error of the folder; undefined for other errors.
 */
export function spillError(error: unknown, temporary: string): Error | undefined {
  const said = messageOf(error);
  if (isTidelineError(error) || !SPILLING.test(said)) return undefined;
  const used = /\(([\d.]+ (?:bytes|[KMGT]iB))\/[^)]*used\)/u.exec(said)?.[1];
  const found = storageError(
    error,
    temporary,
    `${used === undefined ? "What does not fit into memory is" : `${used} of what does not fit into memory were`} put there for a time: free some space, name another folder (\`temporary\`, or TMPDIR), or give more memory (\`memory\`, --memory).`,
  );
  return found === error ? undefined : (found as Error);
}

/** Runs with an engine and gives it back. */
export async function withEngine<Result>(
  options: FileEngineOptions,
  work: (engine: Engine) => Promise<Result>,
): Promise<Result> {
  const { engine, release } = await borrowEngine(options);
  try {
    return await work(engine).finally(release);
  } catch (error) {
    // Once it is released, what it spilled is gone: the room that is told is that of the next try.
    throw spillError(error, engine.temporary) ?? error;
  }
}

/** Paths as a list of SQL; see {@link expandFiles}. */
export async function pathList(
  who: string,
  paths: string | readonly string[],
  options: FileEngineOptions = {},
): Promise<string> {
  return `[${(await expandFiles(who, paths, options)).map(pathLiteral).join(", ")}]`;
}

/** A file's path in SQL, where `[`, `*` and `?` would be a pattern. */
export function pathLiteral(path: string): string {
  return literal(path.replaceAll(/[[*?]/gu, "[$&]"));
}

/**
 * The files of paths and patterns, those of a pattern in the order of their names. A path that is there is no pattern.
 *
 * @throws DATA_NOT_FOUND for a file that cannot be read and a pattern without files, ARGUMENT_INVALID for no path.
 */
export async function expandFiles(
  who: string,
  paths: string | readonly string[],
  options: FileEngineOptions = {},
): Promise<readonly string[]> {
  const files: string[] = [];
  for (const path of pathsOf(who, paths)) {
    const missing = await unreadable(path);
    if (missing === undefined) files.push(path);
    else if (!/[*?[]/u.test(path)) throw notFound(who, path, missing);
    else {
      const found = await withEngine(options, (engine) =>
        engine.columns(`select file from glob(${literal(path)}) order by file`),
      );
      const own = found["file"] as readonly string[];
      if (own.length === 0) throw notFound(who, path, missing);
      files.push(...own);
    }
  }
  return files;
}

/** Paths as a list, without patterns. @throws DATA_NOT_FOUND for a file that cannot be read, ARGUMENT_INVALID for none. */
export async function checkFiles(who: string, paths: string | readonly string[]): Promise<readonly string[]> {
  const files = pathsOf(who, paths);
  for (const path of files) {
    const missing = await unreadable(path);
    if (missing !== undefined) throw notFound(who, path, missing);
  }
  return files;
}

function pathsOf(who: string, paths: string | readonly string[]): readonly string[] {
  const files: readonly unknown[] = Array.isArray(paths) ? (paths as readonly unknown[]) : [paths];
  const strange = files.find((path) => typeof path !== "string" || path === "" || path.includes("\0"));
  if (files.length > 0 && strange === undefined && !files.includes(undefined))
    return files as readonly string[];
  const url = strange instanceof URL;
  throw tidelineError("ARGUMENT_INVALID", {
    who,
    field: "paths",
    expected: files.length === 0 ? "at least one file" : "the path of a file, as a text, or several",
    received:
      files.length === 0
        ? "none"
        : typeof strange === "string"
          ? JSON.stringify(strange)
          : nameOfType(strange),
    ...(url ? { remedy: "Pass fileURLToPath(url)." } : {}),
  });
}

function unreadable(path: string): Promise<unknown> {
  return access(path, constants.R_OK).then(
    () => undefined,
    (error: unknown) => error,
  );
}

function notFound(who: string, path: string, cause: unknown): Error {
  return tidelineError("DATA_NOT_FOUND", { who, field: path, expected: "a file that can be read", cause });
}
