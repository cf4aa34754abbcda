import { readdir, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { tidelineError } from "@tideline/spec";
import { readSettings, type SettingFlags } from "../config/settings.ts";
import type { StartOptions } from "./start.ts";

/** Flags of `tideline start` as they stand on the command line. */
export interface StartFlags extends SettingFlags {
  readonly exit?: boolean;
  readonly json?: boolean;
  readonly data?: string;
  readonly evidence?: string;
  /** False with `--no-drift`. */
  readonly drift?: boolean;
}

/** A path's status, or null where nothing stands. */
const statusOf = (path: string) =>
  stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return null;
    throw error;
  });

/** Refuses a folder that holds no recordings. */
async function checkRecordings(folder: string): Promise<void> {
  const refuse = (received: string) =>
    tidelineError("DATA_NOT_FOUND", {
      who: "tideline start",
      field: `--data ${folder}`,
      expected: "a folder of recordings with layout.json",
      received,
      remedy: "Leave --data out to simulate the phones.",
    });
  const status = await statusOf(folder);
  if (status === null) throw refuse("no such folder");
  if (!status.isDirectory()) throw refuse("a file");
  if ((await statusOf(join(folder, "layout.json"))) === null) throw refuse("a folder without it");
}

/** Refuses to put evidence among other files. */
async function checkEvidence(folder: string): Promise<void> {
  const refuse = (received: string) =>
    tidelineError("ARGUMENT_INVALID", {
      who: "tideline start",
      field: `--evidence ${folder}`,
      expected: "an empty folder, or none yet",
      received,
    });
  const status = await statusOf(folder);
  if (status === null) return;
  if (!status.isDirectory()) throw refuse("a file");
  const [name] = await readdir(folder);
  if (name !== undefined) throw refuse(`one that holds ${name}`);
}

/**
 * Checks everything that `tideline start` is asked for, before anything starts.
 *
 * @throws `ARGUMENT_INVALID`, `CONFIG_MALFORMED`, `DATA_NOT_FOUND`
 */
export async function readStartOptions(flags: StartFlags): Promise<StartOptions> {
  const settings = await readSettings(flags);
  const data = flags.data === undefined ? null : resolve(flags.data);
  const evidence = flags.evidence === undefined ? null : resolve(flags.evidence);
  if (data !== null) await checkRecordings(data);
  if (evidence !== null) await checkEvidence(evidence);
  return {
    ...settings,
    exit: flags.exit ?? false,
    json: flags.json ?? false,
    drift: flags.drift ?? true,
    data,
    evidence,
  };
}
