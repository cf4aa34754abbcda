import { nearestRemedy } from "../../nearest-name.ts";
import { illegalOption, unknownOption } from "../check-option.ts";

/** What a value of plain data must look like. */
export interface OptionForm {
  /** For messages: "an integer of at least 1". */
  readonly expected: string;
  readonly fits: (value: unknown) => boolean;
  /** The texts that fit, where it is these alone: of another one the nearest is said. */
  readonly names?: readonly string[];
}

function number(expected: string, fits: (value: number) => boolean): OptionForm {
  return { expected, fits: (value) => typeof value === "number" && Number.isFinite(value) && fits(value) };
}

/** Forms of single values. */
export const FORMS = {
  count: number("an integer of at least 1", (n) => Number.isSafeInteger(n) && n >= 1),
  whole: number("an integer of at least 0", (n) => Number.isSafeInteger(n) && n >= 0),
  integer: number("an integer", Number.isSafeInteger),
  positive: number("a finite number above 0", (n) => n > 0),
  notNegative: number("a finite number of at least 0", (n) => n >= 0),
  share: number("a number of at least 0 and below 1", (n) => n >= 0 && n < 1),
  truth: { expected: "true or false", fits: (value) => typeof value === "boolean" },
  text: { expected: "a text", fits: (value) => typeof value === "string" },
} satisfies Record<string, OptionForm>;

/** One of these texts. */
export function namedForm(...names: readonly string[]): OptionForm {
  return { expected: `one of ${names.join(", ")}`, fits: (value) => names.includes(value as string), names };
}

/** A list of values of a form, of so many where that is said. */
export function listForm(each: OptionForm, length?: number): OptionForm {
  const expected = `a list of ${length === undefined ? "" : `${length} times `}${each.expected}`;
  const fits = (value: unknown) =>
    Array.isArray(value) && (length === undefined || value.length === length) && value.every(each.fits);
  return { expected, fits };
}

/** A value of one of several forms. */
export function eitherForm(...forms: readonly OptionForm[]): OptionForm {
  const expected = forms.map((form) => form.expected).join(", or ");
  const names = forms.flatMap((form) => form.names ?? []);
  return { expected, fits: (value) => forms.some((form) => form.fits(value)), names };
}

/** An object with these options and no others; those that it must have are named. */
export function recordForm(
  forms: Readonly<Record<string, OptionForm>>,
  needed: readonly string[] = [],
): OptionForm {
  const parts = Object.entries(forms).map(
    ([name, { expected }]) => `${name}${needed.includes(name) ? "" : "?"}: ${expected}`,
  );
  return {
    expected: `{ ${parts.join("; ")} }`,
    fits: (value) =>
      isRecord(value) &&
      Object.entries(value).every(
        ([name, own]) => Object.hasOwn(forms, name) && (own === undefined || forms[name]!.fits(own)),
      ) &&
      needed.every((name) => value[name] !== undefined),
  };
}

/** Whether something is an object of plain data. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Checks options one by one, so that a message names the one that is wrong.
 *
 * @throws DEFINITION_ILLEGAL with who, option, wanted and received: for a name that there is not, too, and one missing.
 */
export function checkOptions(
  who: string,
  forms: Readonly<Record<string, OptionForm>>,
  needed: readonly string[],
  options: unknown,
): void {
  const shown = (value: unknown) => JSON.stringify(value) ?? String(value);
  if (!isRecord(options)) throw illegalOption(who, "options", "an object", shown(options));
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(forms, name)) throw unknownOption(who, name, Object.keys(forms), shown(value));
    const { expected, fits, names = [] } = forms[name]!;
    if (value !== undefined && !fits(value))
      throw illegalOption(who, name, expected, shown(value), nearestRemedy(value, names));
  }
  for (const name of needed)
    if (options[name] === undefined) throw illegalOption(who, name, forms[name]!.expected, "none");
}
