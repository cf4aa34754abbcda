import { access } from "node:fs/promises";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { isTidelineError, messageOf, tidelineError, type AppDefinition } from "@tideline/spec";
import { definitionFault } from "./definition-fault.ts";

/** Where in a module something went wrong, as `, line 3`; empty where the error does not say. */
function placeOf(cause: unknown, url: string): string {
  const stack = cause instanceof Error ? (cause.stack ?? "") : "";
  const at = stack.indexOf(`${url}:`);
  const line = at < 0 ? undefined : /^\d+/.exec(stack.slice(at + url.length + 1))?.[0];
  return line === undefined ? "" : `, line ${line}`;
}

/**
 * The definition that a module exports as `app`, with or without a model. What its declarations have against them is
 * said as they said it, and what stops the import in the words and at the line of the module.
 *
 * @param module Path of the module, from the working directory.
 * @throws `DATA_NOT_FOUND`, `CONFIG_MALFORMED`, and what the definition is refused for.
 * @example
 * const app = await loadApp("src/definition.ts");
 */
export async function loadApp(module: string): Promise<AppDefinition> {
  const path = resolve(module);
  await access(path).catch((cause: unknown) => {
    const remedy = "Pass the path of the file that exports your definition as `app`.";
    throw tidelineError("DATA_NOT_FOUND", { who: `app ${module}`, expected: "a module", remedy, cause });
  });
  const url = pathToFileURL(path).href;
  const { app } = (await import(url).catch((cause: unknown) => {
    if (isTidelineError(cause)) throw cause;
    throw tidelineError("CONFIG_MALFORMED", {
      who: `app ${module}${placeOf(cause, url)}`,
      expected: "a module that can be imported",
      received: messageOf(cause).split("\n", 1)[0]!,
      cause,
    });
  })) as { readonly app?: unknown };
  const malformed = (field: string, received: string) =>
    tidelineError("CONFIG_MALFORMED", {
      who: `app ${module}`,
      field,
      expected: "what defineApp gives",
      received,
      remedy: "Write: export const app = defineApp({ name, purposes, events, views: [], models: [] });",
    });
  if (app === undefined) throw malformed("app", "no such export");
  const fault = definitionFault(app);
  if (fault !== undefined) throw malformed(["app", ...fault.path].join("."), fault.message);
  return app as AppDefinition;
}
