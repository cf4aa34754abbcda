import { resolve } from "node:path";
import { loadApp } from "@tideline/pipeline/ingest";
import { tidelineError, type AppDefinition } from "@tideline/spec";
import {
  applePrivacyKeys,
  applePrivacyManifest,
  dataUses,
  fillPlayTemplate,
  labelMarkdown,
  labelPage,
  playDataSafety,
  privacyFindings,
  privacyLabel,
  type PrivacyFinding,
} from "@tideline/spec/privacy";
import type { CommandResult } from "../output/command-result.ts";
import { plural } from "../output/figure.ts";
import { table } from "../output/table.ts";
import { changedFiles, textIfThere, writeFiles } from "./generated-file.ts";

/** What `tideline privacy` was asked for besides the module. */
export interface PrivacyOptions {
  /** Folder of the paperwork. */
  readonly out?: string;
  /** File that the Play Console exported, to be filled instead of a fresh one. */
  readonly playTemplate?: string;
  /** Writes nothing: fails where the folder is out of date or something is left open. */
  readonly check?: boolean;
}

/** Folder of the paperwork where none is named. */
const FOLDER = "privacy";

/** The files of the paperwork, by name. */
function paperwork(app: AppDefinition, template: string | undefined): Readonly<Record<string, string>> {
  const label = privacyLabel(app);
  return {
    "PrivacyInfo.xcprivacy": applePrivacyManifest(app),
    "privacy-manifest.json": `${JSON.stringify(applePrivacyKeys(app), null, 2)}\n`,
    "play-data-safety.csv": template === undefined ? playDataSafety(app) : fillPlayTemplate(app, template),
    "label.md": labelMarkdown(label),
    "label.html": labelPage(label),
  };
}

async function readTemplate(path: string): Promise<string> {
  const text = await textIfThere(path);
  if (text !== null) return text;
  throw tidelineError("DATA_NOT_FOUND", {
    who: "tideline privacy",
    field: "--play-template",
    expected: "a file that the Play Console exported",
    received: path,
  });
}

function findingsText(findings: readonly PrivacyFinding[]): string {
  if (findings.length === 0) return "nothing is left open";
  const lines = findings.map(({ where, what, remedy }) => `  ${where}: ${what}\n    ${remedy}`);
  return `${plural(findings.length, "question")} left open\n${lines.join("\n")}`;
}

/**
 * `tideline privacy`: writes the stores' paperwork from what a definition declares: Apple's privacy manifest
 * (as Xcode reads it, and as Expo does), the answers to Play's Data safety form, and the label as text and as a page.
 *
 * @throws `DATA_NOT_FOUND`, `DATA_MALFORMED`, `ARGUMENT_INVALID`, and what the definition is refused for.
 */
export async function privacyCommand(module: string, options: PrivacyOptions): Promise<CommandResult> {
  const app = await loadApp(module);
  const folder = resolve(options.out ?? FOLDER);
  const { playTemplate } = options;
  const files = paperwork(app, playTemplate === undefined ? undefined : await readTemplate(playTemplate));
  const names = Object.keys(files);
  const changed = await changedFiles(folder, files);
  if (options.check !== true) await writeFiles("tideline privacy", folder, files);
  const findings = privacyFindings(app);
  const uses = dataUses(app);
  const collected = table(
    uses,
    [
      { name: "category", text: ({ category }) => category },
      { name: "used for", text: ({ purposes }) => purposes.join(", ") },
      { name: "choice", text: ({ required }) => (required ? "required" : "optional") },
      { name: "from", text: ({ sources }) => [...new Set(sources.map(({ event }) => event))].join(", ") },
    ],
    "nothing is collected",
  );
  const state =
    options.check === true
      ? changed.length === 0
        ? `${folder} is up to date`
        : `${folder} is out of date: ${changed.join(", ")}`
      : `${plural(names.length, "file")} in ${folder}, ${changed.length} changed`;
  const isOpen = options.check === true && (changed.length > 0 || findings.length > 0);
  return {
    value: { module, folder, files: names, changed, collected: uses, findings },
    text: [`app ${app.name}, from ${module}`, collected, findingsText(findings), state].join("\n\n"),
    ...(isOpen && {
      fault: tidelineError("CHECK_FAILED", {
        who: `privacy ${module}`,
        expected: "paperwork that is up to date and leaves nothing open",
        received: `${plural(changed.length, "file")} out of date, ${plural(findings.length, "question")} left open`,
        remedy: "Answer them in the definition, run tideline privacy, and commit what it writes.",
      }),
    }),
  };
}
