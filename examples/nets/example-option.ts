import { existsSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { messageOf } from "@tideline/spec";

/** What an example is told on its command line. */
export interface ExampleOptions {
  /** The folder of the data set. */
  readonly data: string;
  /** Seeds 1, 2, ...; the figures are their mean. */
  readonly seeds: number;
  /** One JSON object on the last line instead of sentences. */
  readonly json: boolean;
  /** Compare configurations on validation people or folds of the training part, and leave the test part alone. */
  readonly choose: boolean;
  /** The configurations to compare; all by default. */
  readonly only: readonly string[] | undefined;
  /** Where predictions and graphs are written; nowhere by default. */
  readonly out: string | undefined;
}

/**
 * The options `--data <folder>` (default: the data set's folder beside the one that TIDELINE_DATA names, or
 * `../shared/data/<name>`), `--seeds <n>`, `--json`, `--choose` with `--only <name,name>`, and `--out <folder>`. A wrong
 * one ends the process with status 64. Where there is no data it ends, too: with status 0 and a word that the example was
 * skipped, or with 66 where `--data` named the folder or TIDELINE_REQUIRE lists `data`.
 *
 * @param configurations the names that `--only` may list.
 * @param seeded whether the example trains with several seeds, so that `--seeds` says how many.
 */
export function exampleOptions(
  name: string,
  configurations: readonly string[],
  seeded = true,
): ExampleOptions {
  const values = commandLine();
  const seeds = Number(values.seeds ?? "3");
  const only = values.only?.split(",");
  const stranger = only?.find((configuration) => !configurations.includes(configuration));
  if (!Number.isSafeInteger(seeds) || seeds < 1)
    refuse(64, `--seeds: expected an integer of at least 1, received ${values.seeds}`);
  if (only !== undefined && !values.choose)
    refuse(64, "--only: expected together with --choose; without it the chosen configuration is trained");
  if (stranger !== undefined)
    refuse(64, `--only: expected some of ${configurations.join(", ")}, received ${stranger}`);
  if (values.choose && values.out !== undefined)
    refuse(64, "--out: expected without --choose, which writes nothing");
  if (values.choose && values.json) refuse(64, "--json: expected without --choose, which prints a table");
  if (values.seeds !== undefined && (values.choose || !seeded))
    refuse(64, `--seeds: expected ${seeded ? "without --choose" : "nowhere"}, where seeds are given`);
  const data = values.data ?? dataFolder(name);
  if (!existsSync(data)) {
    const required = process.env["TIDELINE_REQUIRE"]?.split(",").includes("data") ?? false;
    if (values.data !== undefined || required) refuse(66, `missing: no data set ${name} in ${data}`);
    refuse(0, `skipped: no data set ${name} in ${data}; pass --data <folder>`);
  }
  const { json, choose, out } = values;
  return { data, seeds, json, choose, out, only };
}

function commandLine() {
  try {
    return parseArgs({
      options: {
        data: { type: "string" },
        seeds: { type: "string" },
        json: { type: "boolean", default: false },
        choose: { type: "boolean", default: false },
        only: { type: "string" },
        out: { type: "string" },
      },
    }).values;
  } catch (error) {
    return refuse(64, messageOf(error));
  }
}

/** Ends the process with a status and a word. */
export function refuse(status: number, words: string): never {
  console.error(words);
  process.exit(status);
}

/** The folder of a public data set: beside the one that TIDELINE_DATA names, or in `../shared/data`. */
export function dataFolder(name: string): string {
  const beside = process.env["TIDELINE_DATA"];
  return beside === undefined
    ? join(import.meta.dirname, "../../../shared/data", name)
    : join(beside, "..", name);
}

/** Prints the figures and fails (status 70) below the threshold. */
export function report(
  { json }: ExampleOptions,
  figures: Readonly<Record<string, unknown>> & { readonly mean: number; readonly threshold: number },
): void {
  const passed = figures.mean >= figures.threshold;
  if (json) console.log(JSON.stringify({ ...figures, passed }));
  else
    console.log(
      `mean ${figures.mean.toFixed(4)}, threshold ${figures.threshold}: ${passed ? "passed" : "failed"}`,
    );
  if (!passed) process.exitCode = 70;
}
