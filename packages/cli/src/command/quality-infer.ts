import { rm, writeFile } from "node:fs/promises";
import { checksJson, checksModule, inferChecks, type Severity } from "@tideline/learn/check";
import { openTable } from "@tideline/pipeline/frame";
import { tidelineError } from "@tideline/spec";
import type { CommandResult } from "../output/command-result.ts";
import { count, plural } from "../output/figure.ts";
import { needOutFile } from "./quality-file.ts";
import type { TableFlags } from "./choose-table.ts";
import { outFileError } from "./out-file.ts";
import { memoryFlag } from "./memory-flag.ts";
import { plainText } from "./profile-text.ts";
import { renamedLines } from "./quality-text.ts";
import { rowProgress } from "./row-progress.ts";

/** Flags of `tideline quality --infer`. */
export interface InferFlags extends Pick<TableFlags, "missing" | "memory"> {
  /** Where the checks go: .ts or .json. */
  readonly infer?: string;
  /** The column that says whose a row is: texts are listed that ten people have. */
  readonly person?: string;
  /** Columns of which no value may be told. */
  readonly personal?: readonly string[];
  /** What checks of rows do. */
  readonly severity?: string;
}

const WHO = "tideline quality";

/**
 * Writes checks that a table passes, to begin with, to a file that is not there yet: a person's own are never overwritten.
 *
 * @throws ARGUMENT_INVALID, and as `inferChecks`.
 */
export async function qualityInfer(
  paths: string | readonly string[],
  what: string,
  out: string,
  { person, personal, severity, missing, memory: most }: InferFlags,
  tell: (line: string) => void,
): Promise<CommandResult> {
  if (!/\.(?:ts|mts|json)$/iu.test(out))
    throw tidelineError("ARGUMENT_INVALID", {
      who: WHO,
      field: "--infer",
      expected: "a file that ends in .ts or .json",
      received: out,
    });
  await needOutFile("--infer", out, typeof paths === "string" ? [paths] : paths);
  const memory = memoryFlag("tideline quality", most);
  const reading = { ...(missing && { missing }), ...(memory && { memory }) };
  const source = await openTable(paths, reading);
  const { set, notes, rows } = await inferChecks(source, {
    now: Date.now(),
    onProgress: rowProgress(tell),
    ...(person === undefined ? {} : { person }),
    ...(personal === undefined ? {} : { personal }),
    // What is none is refused by name.
    ...(severity === undefined ? {} : { severity: severity as Severity }),
  });
  const from = `${count(rows)} rows of ${what}`;
  const text = /\.json$/iu.test(out) ? checksJson(set) : checksModule(set, { from, notes });
  try {
    await writeFile(out, text, { flag: "wx" });
  } catch (cause) {
    // What stood there before is not ours; half of what should stand there is.
    if ((cause as NodeJS.ErrnoException).code !== "EEXIST") await rm(out, { force: true });
    throw outFileError(WHO, "a file that is not there yet", out, cause, "--infer");
  }
  const all = Object.values(set.columns).flat().length + set.rows.length;
  const { renamed = [] } = source;
  const lines = [
    ...(renamed.length === 0 ? [] : [renamedLines(renamed)]),
    ...notes.map(({ column, text: note }) => `${column === null ? "(table)" : plainText(column)}: ${note}`),
  ];
  const heading = `${plural(all, "check")} of ${plainText(from, 200)} written to ${out}: read them, then run --checks ${out}`;
  return {
    value: { rows, checks: all, infer: out, notes, ...(renamed.length === 0 ? {} : { renamed }) },
    text: [heading, ...(lines.length === 0 ? [] : [lines.join("\n")])].join("\n\n"),
  };
}
