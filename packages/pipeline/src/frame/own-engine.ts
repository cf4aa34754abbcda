import { access, constants } from "node:fs/promises";
import { tmpdir } from "node:os";
import { tidelineError } from "@tideline/spec";
import { literal, openEngine, type Engine } from "../lake/index.ts";

/** The engine that reads or writes a file. */
export interface FileEngineOptions {
  /** One that is open already, and stays so. Default: one for each call. */
  readonly engine?: Engine;
  /** Where an engine of its own spills what does not fit. Default: the system's folder for temporary files. */
  readonly temporary?: string;
  /** Threads of an engine of its own. Default 2. */
  readonly threads?: number;
  /** MiB that an engine of its own takes at most. Default 512. */
  readonly memory?: number;
}

/** An engine for a time. */
export async function borrowEngine({
  engine,
  temporary = tmpdir(),
  threads = 2,
  memory = 512,
}: FileEngineOptions): Promise<{ readonly engine: Engine; release(): Promise<void> }> {
  if (engine !== undefined) return { engine, release: async () => {} };
  const own = await openEngine({ temporary, threads, memory });
  return { engine: own, release: () => own.close() };
}

/** Runs with an engine and gives it back. */
export async function withEngine<Result>(
  options: FileEngineOptions,
  work: (engine: Engine) => Promise<Result>,
): Promise<Result> {
  const { engine, release } = await borrowEngine(options);
  try {
    return await work(engine);
  } finally {
    await release();
  }
}

/** Paths as a list of SQL; see {@link checkFiles}. */
export async function pathList(who: string, paths: string | readonly string[]): Promise<string> {
  const files = await checkFiles(who, paths);
  return `[${files.map(literal).join(", ")}]`;
}

/** Paths as a list. @throws DATA_NOT_FOUND for a file that cannot be read, ARGUMENT_INVALID for none. */
export async function checkFiles(who: string, paths: string | readonly string[]): Promise<readonly string[]> {
  const files = typeof paths === "string" ? [paths] : paths;
  if (files.length === 0)
    throw tidelineError("ARGUMENT_INVALID", {
      who,
      field: "paths",
      expected: "at least one file",
      received: "none",
    });
  for (const path of files) {
    if (/[*?[]/u.test(path) && who !== "jsonSource") continue;
    await access(path, constants.R_OK).catch((cause: unknown) => {
      throw tidelineError("DATA_NOT_FOUND", { who, field: path, expected: "a file that can be read", cause });
    });
  }
  return files;
}
