import { isRecord } from "../../net/estimator/option-form.ts";
import { malformedState } from "../state-check.ts";
import type { StateValue } from "../transform-def.ts";
import { isCategoryKind, type CategoryKind } from "./category-kind.ts";

/** Categories as a state keeps them. */
export type CategoryState = { readonly [field: string]: StateValue } & {
  readonly kind: CategoryKind;
  /** Different, none empty. */
  readonly categories: readonly string[];
};

/**
 * Wants a stored state to be `{ columns: [...] }`, with categories for each input.
 *
 * @throws MODEL_MALFORMED
 */
export function checkCategoryStates(who: string, state: unknown, inputs: number): readonly CategoryState[] {
  const columns = isRecord(state) ? state["columns"] : undefined;
  if (!Array.isArray(columns) || columns.length !== inputs)
    throw malformedState(
      who,
      "columns",
      `a list of ${inputs}`,
      Array.isArray(columns) ? columns.length : typeof columns,
    );
  for (const column of columns as readonly unknown[]) {
    if (!isRecord(column) || !isCategoryKind(column["kind"]))
      throw malformedState(who, "columns", "a kind and categories for each", typeof column);
    const { categories } = column;
    if (!Array.isArray(categories) || !categories.every((text) => typeof text === "string" && text !== ""))
      throw malformedState(who, "categories", "texts, none empty", typeof categories);
    if (new Set(categories).size !== categories.length)
      throw malformedState(who, "categories", "different texts", "some twice");
  }
  return columns as readonly CategoryState[];
}
