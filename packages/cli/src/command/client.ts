import { nearestRemedy } from "@tideline/learn/nearest-name";
import { resolve } from "node:path";
import { loadApp } from "@tideline/pipeline/ingest";
import { tidelineError, type AppDefinition } from "@tideline/spec";
import { kotlinClient } from "../client/kotlin.ts";
import type { CommandResult } from "../output/command-result.ts";
import { plural } from "../output/figure.ts";
import { changedFiles, writeFiles } from "./generated-file.ts";

/** Writers of typed clients, by language. */
const LANGUAGES = {
  kotlin: kotlinClient,
} as const satisfies Record<
  string,
  (app: AppDefinition, packageName: string) => Readonly<Record<string, string>>
>;

/** What `tideline client` was asked for besides the module. */
export interface ClientFlags {
  readonly language: string;
  readonly package: string;
  readonly out: string;
  /** Writes nothing: fails where the folder is out of date. */
  readonly check?: boolean;
}

/**
 * `tideline client`: writes a typed client in another language from what a definition declares.
 *
 * @throws `ARGUMENT_INVALID`, and what the definition is refused for.
 */
export async function clientCommand(module: string, flags: ClientFlags): Promise<CommandResult> {
  const { language } = flags;
  if (!Object.hasOwn(LANGUAGES, language)) {
    throw tidelineError("ARGUMENT_INVALID", {
      who: "tideline client",
      field: "--language",
      expected: `one of ${Object.keys(LANGUAGES).join(", ")}`,
      received: language,
      remedy: nearestRemedy(language, Object.keys(LANGUAGES)),
    });
  }
  const app = await loadApp(module);
  const folder = resolve(flags.out);
  const files = LANGUAGES[language as keyof typeof LANGUAGES](app, flags.package);
  const changed = await changedFiles(folder, files);
  if (flags.check !== true) await writeFiles("tideline client", folder, files);
  const names = Object.keys(files);
  const isStale = flags.check === true && changed.length > 0;
  return {
    value: { module, language, folder, files: names, changed },
    text:
      flags.check === true
        ? `${folder} is ${isStale ? `out of date: ${changed.join(", ")}` : "up to date"}`
        : `${plural(names.length, "file")} of app ${app.name} (${module}) in ${folder}, ${changed.length} changed`,
    ...(isStale && {
      fault: tidelineError("CHECK_FAILED", {
        who: `client ${module}`,
        expected: "a client that is up to date",
        received: changed.join(", "),
        remedy: "Run tideline client and commit what it writes.",
      }),
    }),
  };
}
