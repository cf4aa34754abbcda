import { pathToFileURL } from "node:url";
import { messageOf, tidelineError, type AppDefinition } from "@tideline/spec";

/** The definition that a module exports as `app`. @throws `CONFIG_MALFORMED` */
export async function importApp(appModule: string): Promise<AppDefinition> {
  const wanted = { who: appModule, expected: "a module that exports app" };
  let module: { app?: AppDefinition };
  try {
    module = (await import(pathToFileURL(appModule).href)) as typeof module;
  } catch (cause) {
    throw tidelineError("CONFIG_MALFORMED", { ...wanted, received: messageOf(cause), cause });
  }
  if (module.app !== undefined) return module.app;
  throw tidelineError("CONFIG_MALFORMED", { ...wanted, received: "one without it" });
}
