import { access } from "node:fs/promises";
import { jsonHash, loadApp } from "@tideline/pipeline";
import { isTidelineError, tidelineError, type AppDefinition } from "@tideline/spec";
import type { CommandResult } from "../output/command-result.ts";
import { plural, shortId } from "../output/figure.ts";
import { table } from "../output/table.ts";

/** The app of a module; what its declarations have against them is said as they said it. */
async function loadDefinition(module: string): Promise<AppDefinition> {
  await access(module).catch((cause: unknown) => {
    throw tidelineError("DATA_NOT_FOUND", { who: `app ${module}`, expected: "a module", cause });
  });
  try {
    return await loadApp(module);
  } catch (error) {
    if (isTidelineError(error) && isTidelineError(error.cause)) throw error.cause;
    throw error;
  }
}

/** What an app declares, for a person. */
function declarationText(app: AppDefinition, definition: string): string {
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
    `app        ${app.name}, definition ${shortId(definition)}`,
    ...purposes,
    ...views,
    ...models,
    "",
    events,
  ].join("\n");
}

/**
 * `tideline check`: loads a definition and says what it declares.
 *
 * @throws `DATA_NOT_FOUND`, `CONFIG_MALFORMED`, `DEFINITION_ILLEGAL`, `FEATURE_ILLEGAL`
 */
export async function checkCommand(module: string): Promise<CommandResult> {
  const app = await loadDefinition(module);
  const definition = jsonHash(app);
  return { value: { module, definition, app }, text: declarationText(app, definition) };
}
