import { profileTable } from "@tideline/pipeline/frame";
import type { CommandResult } from "../output/command-result.ts";
import { chooseTable, type TableFlags } from "./choose-table.ts";
import { profileText } from "./profile-text.ts";
import { rowProgress } from "./row-progress.ts";

/** Flags of `tideline profile` besides those that all have. */
export interface ProfileFlags extends TableFlags {
  /** The column to predict. */
  readonly label?: string;
}

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
  const { paths, what } = await chooseTable("tideline profile", path, flags);
  const profile = await profileTable(paths, {
    ...(flags.label === undefined ? {} : { label: flags.label }),
    now: Date.now(),
    onProgress: rowProgress(tell),
  });
  return { value: { path, ...profile }, text: profileText(profile, what) };
}
