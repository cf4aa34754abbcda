import type { StateValue } from "../transform-def.ts";
import type { FittedTransform } from "../transform.ts";

/** What is stored of a fitted transform: a plain value. */
export function storedForm({
  kind,
  options,
  inputs,
  state,
}: Pick<FittedTransform, "kind" | "options" | "inputs" | "state">): StateValue {
  // `double` is the definition's to say.
  const schema = inputs.map((column): StateValue =>
    Object.fromEntries(Object.entries(column).filter(([field]) => field !== "double")),
  );
  return { kind, options: options as { readonly [field: string]: StateValue }, inputs: schema, state };
}
