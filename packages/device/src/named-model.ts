import type { AppDefinition, ModelDefinition } from "@tideline/spec";
import { fail } from "./fail.ts";

/** The model of a name, the app's first one where none is given. Throws `ARGUMENT_INVALID`. */
export function namedModel(app: AppDefinition, name?: string): ModelDefinition {
  return (
    app.models.find((model) => name === undefined || model.name === name) ??
    fail("ARGUMENT_INVALID", app.name, "model", name, app.models.map((model) => model.name).join(" or "))
  );
}
