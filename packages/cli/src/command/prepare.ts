import { access } from "node:fs/promises";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import {
  isPreparation,
  planPreparation,
  prepare,
  runPreparation,
  type Preparation,
} from "@tideline/pipeline/prepare";
import { isTidelineError, messageOf, tidelineError } from "@tideline/spec";
import type { CommandResult } from "../output/command-result.ts";
import { toldEnd, UNANSWERED } from "../output/early-end.ts";
import { count } from "../output/figure.ts";
import { memoryFlag } from "./memory-flag.ts";
import { planText, preparedText, whyText } from "./prepare-text.ts";
import { plainText } from "./profile-text.ts";

/** Flags of `tideline prepare` besides those of output. */
export interface PrepareFlags {
  /** The folder of steps and outcomes. */
  readonly out?: string;
  /** Says what would run, and writes nothing. */
  readonly plan?: boolean;
  /** Computes every step again. */
  readonly fresh?: boolean;
  /** Removes older outcomes and their steps afterwards. */
  readonly prune?: boolean;
  /** MiB that an engine may take. */
  readonly memory?: string;
}

/** Where preparations stand without `--out`. */
export const PREPARE_FOLDER = ".tideline/prepare";
/** Milliseconds between two lines of progress. */
const PROGRESS = 1000;

/**
 * `tideline prepare <definition>`: runs a preparation, or says what a run would do. `tell` is told of each step and, of long
 * ones, of the rows on the way.
 *
 * @throws DATA_NOT_FOUND, CONFIG_MALFORMED, ARGUMENT_INVALID, and as `runPreparation`.
 */
export async function prepareCommand(
  module: string,
  flags: PrepareFlags = {},
  tell: (line: string) => void = () => undefined,
): Promise<CommandResult> {
  const memory = memoryFlag("tideline prepare", flags.memory);
  const definition = await loadPreparation(module);
  const options = { folder: flags.out ?? PREPARE_FOLDER, ...(memory === undefined ? {} : { memory }) };
  if (flags.plan === true && flags.prune === true)
    throw tidelineError("ARGUMENT_INVALID", {
      who: "tideline prepare",
      field: "--prune",
      expected: "no --plan beside it, which writes nothing",
      received: "both",
    });
  if (flags.plan === true) {
    const steps = await planPreparation(definition, options);
    return { value: { name: definition.name, plan: steps }, text: planText(steps) };
  }
  let told = Date.now();
  const prepared = await runPreparation(definition, {
    ...options,
    fresh: flags.fresh ?? false,
    prune: flags.prune ?? false,
    onStep(step) {
      told = Date.now();
      const { name, hit, rowsIn, rowsOut, seconds } = step;
      const rows =
        rowsIn === rowsOut ? `${count(rowsIn)} rows` : `${count(rowsIn)} -> ${count(rowsOut)} rows`;
      const why = whyText(step);
      const state = hit ? "there" : `${seconds.toFixed(1)} s`;
      tell(`${plainText(name, 60)}: ${state}, ${rows}${why === "" ? "" : `: ${why}`}`);
    },
    onProgress({ step, rows }) {
      if (Date.now() - told < PROGRESS) return;
      told = Date.now();
      tell(`${plainText(step, 60)} ... ${count(rows)} rows`);
    },
  });
  const { path, manifest, steps, unchanged, pruned } = prepared;
  return {
    value: { path, unchanged, manifest, steps, ...(pruned && { pruned }) },
    text: preparedText(prepared),
  };
}

const shown = (value: unknown): string =>
  value === null ? "null" : typeof value === "object" ? "another object" : typeof value;

/** What a module exports; told where it ends the process while it is imported, or waits for what never comes. */
async function importedWhole(module: string, path: string): Promise<unknown> {
  const wrong = (received: string, cause?: unknown) =>
    tidelineError("CONFIG_MALFORMED", {
      who: `definition ${module}`,
      expected: "a module that can be imported",
      received,
      cause,
    });
  try {
    // Any other status has been told by what set it.
    return await toldEnd(
      () => import(pathToFileURL(path).href) as Promise<unknown>,
      (status) =>
        status === UNANSWERED
          ? wrong("one that waits for what never comes")
          : status === 0
            ? wrong("one that ends the process")
            : undefined,
    );
  } catch (cause) {
    if (isTidelineError(cause)) throw cause;
    throw wrong(messageOf(cause).split("\n", 1)[0]!, cause);
  }
}

/** The preparation that a module exports as `preparation`. */
async function loadPreparation(module: string): Promise<Preparation> {
  const path = resolve(module);
  await access(path).catch((cause: unknown) => {
    const remedy = "Pass the path of the file that exports your definition as `preparation`.";
    throw tidelineError("DATA_NOT_FOUND", {
      who: `definition ${module}`,
      expected: "a module",
      remedy,
      cause,
    });
  });
  const { preparation } = (await importedWhole(module, path)) as { readonly preparation?: unknown };
  // Once more: what a definition spreads and changes is held to the same rules.
  if (isPreparation(preparation)) return prepare(preparation);
  throw tidelineError("CONFIG_MALFORMED", {
    who: `definition ${module}`,
    field: "preparation",
    expected: "what prepare gives",
    received:
      preparation === undefined
        ? "no such export"
        : preparation instanceof Promise
          ? "a promise"
          : shown(preparation),
    remedy: "Write: export const preparation = prepare({ name, source, steps: [] });",
  });
}
