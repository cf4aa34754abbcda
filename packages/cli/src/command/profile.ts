import { profileTable } from "@tideline/pipeline/frame";
import type { CommandResult } from "../output/command-result.ts";
import { chooseTable, type TableFlags } from "./choose-table.ts";
import { needPageFile, writePageFile } from "./page-file.ts";
import { profileText } from "./profile-text.ts";
import { rowProgress } from "./row-progress.ts";

/** Flags of `tideline profile` besides those that all have. */
export interface ProfileFlags extends TableFlags {
  /** The column to predict. */
  readonly label?: string;
  /** Where a page goes, besides what is printed. */
  readonly html?: string;
  /** Whether the page shows values that may be personal. */
  readonly showPersonal?: boolean;
}

const WHO = "tideline profile";

/**
 * `tideline profile <path>`: a table at a glance, of a file (CSV, JSON lines, Parquet, Arrow), of a folder of Parquet files,
 * or of a snapshot in a folder of Tideline; with `html` also as a page. `tell` is told of the progress of long work.
 *
 * @throws DATA_NOT_FOUND, DATA_MALFORMED, ARGUMENT_INVALID, NOT_FOUND, SNAPSHOT_ERASED
 */
export async function profileCommand(
  path: string,
  flags: ProfileFlags = {},
  tell: (line: string) => void = () => undefined,
): Promise<CommandResult> {
  const { label, html, showPersonal = false } = flags;
  if (html !== undefined) await needPageFile(WHO, html);
  const { paths, what } = await chooseTable(WHO, path, flags);
  const now = Date.now();
  const profile = await profileTable(paths, {
    ...(label === undefined ? {} : { label }),
    now,
    onProgress: rowProgress(tell),
  });
  const text = profileText(profile, what);
  if (html === undefined) return { value: { path, ...profile }, text };
  const { profilePage } = await import("@tideline/pipeline/report");
  await writePageFile(WHO, html, profilePage(profile, { what, at: now, showPersonal }));
  return { value: { path, html, ...profile }, text: `${text}\n\nThe page is ${html}.` };
}
