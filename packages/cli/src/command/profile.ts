import { resolve } from "node:path";
import { profileTable, type OnRejected, type RejectedRow } from "@tideline/pipeline/frame";
import { tidelineError } from "@tideline/spec";
import type { CommandResult } from "../output/command-result.ts";
import { plural } from "../output/figure.ts";
import { chooseTable, type TableFlags } from "./choose-table.ts";
import { memoryFlag } from "./memory-flag.ts";
import { needPageFile, writePageFile } from "./page-file.ts";
import { profileText } from "./profile-text.ts";
import { needOutFile } from "./quality-file.ts";
import { rejectedFile, withRemedy } from "./rejected-file.ts";
import { rowProgress } from "./row-progress.ts";

/** Flags of `tideline profile` besides those that all have. */
export interface ProfileFlags extends TableFlags {
  /** The column to predict. */
  readonly label?: string;
  /** Where a page goes, besides what is printed. */
  readonly html?: string;
  /** Where rows go that cannot be read; without it the first such row is an error. */
  readonly rejected?: string;
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
  const { label, html, rejected, missing, showPersonal = false } = flags;
  const memory = memoryFlag(WHO, flags.memory);
  const { paths, what } = await chooseTable(WHO, path, flags);
  const read = [path, ...(typeof paths === "string" ? [] : paths)];
  for (const [flag, out] of [
    ["--html", html],
    ["--rejected", rejected],
  ] as const)
    if (out !== undefined) await needOutFile(flag, out, read, WHO);
  if (html !== undefined) await needPageFile(WHO, html);
  if (html !== undefined && rejected !== undefined && resolve(html) === resolve(rejected))
    throw tidelineError("ARGUMENT_INVALID", {
      who: WHO,
      expected: "two files for --html and --rejected",
      received: html,
    });
  const now = Date.now();
  const unread = rejected === undefined ? undefined : await rejectedFile(WHO, rejected);
  const examples: RejectedRow[] = [];
  try {
    const profile = await profileTable(paths, {
      ...(label === undefined ? {} : { label }),
      ...(unread === undefined ? {} : { onRejected: keepSome(unread.take, examples) }),
      ...(missing && { missing }),
      ...(memory && { memory }),
      now,
      onProgress: rowProgress(tell),
    });
    await unread?.finish();
    const reading = unread === undefined ? {} : { rejected: unread.rows(), examples };
    if (html !== undefined) {
      const { profilePage } = await import("@tideline/pipeline/report");
      await writePageFile(WHO, html, profilePage(profile, { what, at: now, showPersonal, reading }));
    }
    const lines = [
      profileText(profile, what),
      ...(unread === undefined
        ? []
        : [`${plural(unread.rows(), "row")} could not be read: see ${rejected}.`]),
      ...(html === undefined ? [] : [`The page is ${html}.`]),
    ];
    const value = {
      path,
      ...profile,
      ...(html === undefined ? {} : { html }),
      ...(unread === undefined ? {} : { rejected: unread.rows() }),
    };
    return { value, text: lines.join("\n\n") };
  } catch (error) {
    await unread?.drop();
    throw unread === undefined ? withRemedy(error) : error;
  }
}

/** Rows of those that cannot be read that a page shows. */
const MOST_EXAMPLES = 20;

function keepSome(take: OnRejected, some: RejectedRow[]): OnRejected {
  return (rows) => {
    some.push(...rows.slice(0, MOST_EXAMPLES - some.length));
    return take(rows);
  };
}
