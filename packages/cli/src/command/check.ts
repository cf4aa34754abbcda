import { rename, rm, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { appTables, jsonHash } from "@tideline/pipeline";
import { storageError } from "@tideline/pipeline/catalog";
import { loadApp } from "@tideline/pipeline/ingest";
import { defineApp, messageOf, tidelineError, type AppDefinition } from "@tideline/spec";
import { compareApps, isCompatible, type Change } from "@tideline/spec/compatibility";
import type { CommandResult } from "../output/command-result.ts";
import { plural, shortId } from "../output/figure.ts";
import { table } from "../output/table.ts";
import { readBaseline } from "./check-baseline.ts";
import { compareLake } from "./check-lake.ts";
import { changesText, verdictLine } from "./check-text.ts";
import { definitionFile } from "./definition-file.ts";

/** What an app declares, for a person. */
function declarationText(module: string, app: AppDefinition, definition: string): string {
  const events = table(
    Object.values(app.events),
    [
      { name: "event", text: ({ name }) => name },
      { name: "version", text: ({ version }) => String(version), align: "right" },
      { name: "purpose", text: ({ purpose }) => purpose },
      { name: "kept", text: ({ retain }) => retain },
      { name: "fields", text: ({ fields }) => Object.keys(fields).join(", ") },
    ],
    "no event",
  );
  const views = app.views.map(
    (view) => `view       ${view.name}: ${Object.keys(view.features).join(", ")} from ${view.source.event}`,
  );
  const models = app.models.map(
    ({ name, labels, window }) =>
      `model      ${name}: ${plural(labels.length, "label")}, windows of ${window.size} samples of ${window.event} at ${window.rate} Hz, every ${window.hop}`,
  );
  const purposes = Object.entries(app.purposes).map(([name, words]) => `purpose    ${name}: ${words}`);
  return [
    `app        ${app.name}, definition ${shortId(definition)}, from ${module}`,
    ...purposes,
    ...views,
    ...models,
    "",
    events,
  ].join("\n");
}

/** What `tideline check` was asked for besides the module. */
export interface CheckOptions {
  /** File, module or folder with what was published. */
  readonly against?: string;
  /** File to which the definition is written, as the baseline of the next time. */
  readonly save?: string;
}

/** Changes that are told apart by what they say; several published definitions share most of them. */
function distinct(changes: readonly Change[]): readonly Change[] {
  const known = new Map(
    changes.map((change) => [JSON.stringify([change.verdict, change.where, change.what]), change]),
  );
  return [...known.values()];
}

/** Holds a definition against what was published. */
async function compareWith(app: AppDefinition, against: string) {
  const { published, lake } = await readBaseline(against, loadApp);
  const changes = distinct([
    ...published.flatMap((baseline) => [
      ...compareApps(baseline.app, app),
      ...compareLake(baseline.app, app),
    ]),
    ...(lake === null ? [] : compareLake(lake, app)),
  ]);
  const baselines = published.map(({ source, definition }) => ({ source, definition }));
  return { compatible: isCompatible(changes), baselines, lake: lake !== null, changes };
}

/** Writes a file whole or not at all. */
async function saveFile(path: string, text: string): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    await writeFile(temporary, text);
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true });
    const stored = storageError(cause, path);
    if (stored !== cause) throw stored;
    throw tidelineError("ARGUMENT_INVALID", {
      who: "tideline check",
      field: "--save",
      expected: "a path that can be written",
      received: `${path}: ${messageOf(cause)}`,
      cause,
    });
  }
}

/**
 * `tideline check`: loads a definition and says what it declares; with `against` also what it changes, whom each
 * change breaks and why, with a fault where anything breaks. Saves it unless it breaks something.
 *
 * @throws `DATA_NOT_FOUND`, `DATA_MALFORMED`, `CONFIG_MALFORMED`, `DEFINITION_ILLEGAL`, `FEATURE_ILLEGAL`
 */
export async function checkCommand(module: string, options: CheckOptions = {}): Promise<CommandResult> {
  const app = await loadApp(module);
  // A definition that was put together by hand is held against the same rules, and against the lake's.
  defineApp({ ...app, events: Object.values(app.events) });
  appTables(app);
  const definition = jsonHash(app);
  const { against, save } = options;
  const comparison = against === undefined ? undefined : await compareWith(app, against);
  const saved = save !== undefined && comparison?.compatible !== false;
  if (saved) await saveFile(resolve(save), definitionFile(app));
  const value = { module, definition, app, ...comparison, ...(saved ? { saved: resolve(save) } : {}) };
  const lines = saved ? [`saved as ${save}`] : [];
  if (comparison === undefined) {
    return { value, text: [declarationText(module, app, definition), ...lines].join("\n\n") };
  }
  const { changes, compatible, baselines } = comparison;
  const names = baselines.map(
    (baseline) => `${baseline.source} (definition ${shortId(baseline.definition)})`,
  );
  const heading = `app ${app.name}, definition ${shortId(definition)}, against ${names.join(", ") || against}`;
  const fault = compatible
    ? undefined
    : tidelineError("CHECK_FAILED", {
        who: `check ${module}`,
        expected: `a definition that breaks nothing of ${against}`,
        received: verdictLine(changes),
        remedy: "See above; publish what is meant all the same by saving it as the new baseline.",
      });
  return {
    value,
    text: [heading, changesText(changes), ...lines].join("\n\n"),
    ...(fault === undefined ? {} : { fault }),
  };
}
