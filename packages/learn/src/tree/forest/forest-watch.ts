import { tidelineError, type TidelineError } from "@tideline/spec";
import { nearestRemedy } from "../../nearest-name.ts";
import { isRecord, type OptionForm } from "../../net/estimator/option-form.ts";
import { described } from "../bin/numeric-value.ts";

/** Where a fit stands. */
export interface ForestProgress {
  /** Trees that are grown: 1, 2, ... */
  readonly tree: number;
  readonly trees: number;
}

/** Who watches a fit of trees that do not depend on one another. */
export interface ForestWatch {
  /** Ends the fit between two trees, and after the last: it throws the signal's reason. */
  readonly signal?: AbortSignal;
  /** After each tree, in their order. Answering "stop" ends the fit as if the tree had been its last; what it throws is thrown. */
  readonly onTree?: (progress: ForestProgress) => "stop" | void | Promise<"stop" | void>;
  /** Milliseconds, for turns of others alone. Default `performance.now`. */
  readonly now?: () => number;
}

const called: OptionForm = { expected: "a function", fits: (value) => typeof value === "function" };

/** What each part of {@link ForestWatch} must look like. */
export const WATCH_FORMS: { readonly [Name in keyof Required<ForestWatch>]: OptionForm } = {
  signal: {
    expected: "an AbortSignal",
    fits: (value) => isRecord(value) && typeof value["throwIfAborted"] === "function",
  },
  onTree: called,
  now: called,
};

/** Anything that is an object. @throws ARGUMENT_INVALID */
export function checkObject(who: string, field: string, expected: string, given: unknown): void {
  if (isRecord(given)) return;
  throw tidelineError("ARGUMENT_INVALID", { who, field, expected, received: described(given) });
}

/**
 * Holds what a fit takes beside rows to its forms.
 *
 * @param remedies for names that there are not, but elsewhere.
 * @throws ARGUMENT_INVALID naming what is wrong: a name that there is not, too.
 */
export function checkFit(
  who: string,
  forms: Readonly<Record<string, OptionForm>>,
  given: unknown,
  remedies: Readonly<Record<string, string>> = {},
): void {
  const wrong = (field: string, expected: string, received: unknown, near?: string): TidelineError =>
    tidelineError("ARGUMENT_INVALID", {
      who,
      field,
      expected,
      received: described(received),
      remedy: Object.hasOwn(remedies, field) ? remedies[field] : near,
    });
  checkObject(who, "options", "an object", given);
  for (const [name, value] of Object.entries(given as object)) {
    if (!Object.hasOwn(forms, name))
      throw wrong(
        name,
        `one of the options ${Object.keys(forms).join(", ")}`,
        value,
        nearestRemedy(name, Object.keys(forms)),
      );
    const form = forms[name]!;
    if (value !== undefined && !form.fits(value)) throw wrong(name, form.expected, value);
  }
}
