import { readFile, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { checks, readChecks, type CheckSet, type CustomTest } from "@tideline/learn/check";
import { isTidelineError, messageOf, tidelineError } from "@tideline/spec";

/** Checks of a file, with the functions of its custom ones. */
export interface LoadedChecks {
  readonly set: CheckSet;
  readonly custom: Readonly<Record<string, CustomTest>>;
}

const REMEDY =
  'Write: export default checks({ columns: { age: [range(0, 130)] } }); with checks of "@tideline/learn/check".';

const ALONE =
  "Keep the module in a project that has the package, or write the checks as JSON (--infer checks.json), which needs none.";

/**
 * Checks of a JSON file, or of the default export of a module; functions of custom checks are what the module exports as
 * `custom`. A module is code, and runs.
 *
 * @throws DATA_NOT_FOUND, DATA_MALFORMED, CONFIG_MALFORMED for a module without checks, DEFINITION_ILLEGAL for checks that are none.
 */
export async function loadChecks(path: string): Promise<LoadedChecks> {
  const who = `checks ${path}`;
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile() !== true)
    throw tidelineError("DATA_NOT_FOUND", {
      who: "tideline quality",
      field: "--checks",
      expected: "a .ts or .json file of checks",
      received: found === undefined ? `${path}, which is not there` : `${path}, which is a folder`,
      remedy: "Begin with: tideline quality TABLE --infer FILE",
    });
  if (/\.json$/iu.test(path)) return { set: readChecks(await readFile(path, "utf8"), who), custom: {} };
  const module = await imported(path, who);
  const given = module["default"];
  const wrong = (field: string, expected: string, received: string) =>
    tidelineError("CONFIG_MALFORMED", { who, field, expected, received, remedy: REMEDY });
  if (typeof given !== "object" || given === null || !("columns" in given))
    throw wrong(
      "default",
      "checks, as the default export",
      given === undefined ? "no such export" : typeof given,
    );
  const custom = module["custom"] ?? {};
  if (typeof custom !== "object" || Object.values(custom).some((one) => typeof one !== "function"))
    throw wrong("custom", "functions by name", typeof custom);
  return { set: checks(given as Parameters<typeof checks>[0]), custom: custom as LoadedChecks["custom"] };
}

async function imported(path: string, who: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    return (await import(pathToFileURL(resolve(path)).href)) as Readonly<Record<string, unknown>>;
  } catch (cause) {
    // What its checks have against it is said as they said it.
    if (isTidelineError(cause)) throw cause;
    throw tidelineError("CONFIG_MALFORMED", {
      who,
      expected: "a module that can be imported",
      received: messageOf(cause),
      remedy: (cause as NodeJS.ErrnoException).code === "ERR_MODULE_NOT_FOUND" ? ALONE : REMEDY,
      cause,
    });
  }
}
