import { tidelineError, type TidelineError } from "@tideline/spec/error";
import { nearestRemedy } from "../nearest-name.ts";

/** The error for an option or a use of a layer, loss or optimiser that makes no sense. */
export function illegalOption(
  who: string,
  field: string,
  expected: string,
  received: string,
  remedy?: string,
): TidelineError {
  return tidelineError("DEFINITION_ILLEGAL", { who, field, expected, received, remedy });
}

/** The error for an option that there is not, with the one that is nearest to it. */
export const unknownOption = (
  who: string,
  name: string,
  known: readonly string[],
  received: string,
): TidelineError =>
  illegalOption(who, name, `one of the options ${known.join(", ")}`, received, nearestRemedy(name, known));

/** A check of a number that returns it; throws DEFINITION_ILLEGAL with who, option, wanted and received. */
type NumberCheck = (who: string, field: string, value: number) => number;

function numberCheck(expected: string, fits: (value: number) => boolean): NumberCheck {
  return (who, field, value) => {
    if (typeof value === "number" && fits(value)) return value;
    throw illegalOption(who, field, expected, String(value));
  };
}

/** An integer of at least 1. */
export const positiveInteger = numberCheck(
  "an integer of at least 1",
  (n) => Number.isSafeInteger(n) && n > 0,
);

/** An integer of at least 0. */
export const wholeNumber = numberCheck("an integer of at least 0", (n) => Number.isSafeInteger(n) && n >= 0);

/** A finite number. */
export const finite = numberCheck("a finite number", Number.isFinite);

/** A finite number above 0. */
export const positive = numberCheck("a finite number above 0", (n) => Number.isFinite(n) && n > 0);

/** A finite number of at least 0. */
export const notNegative = numberCheck("a finite number of at least 0", (n) => Number.isFinite(n) && n >= 0);

/** A number in [0, 1). */
export const belowOne = numberCheck("a number of at least 0 and below 1", (n) => n >= 0 && n < 1);

/** One of the names that a table has. @throws DEFINITION_ILLEGAL naming them all. */
export function oneOf<Name extends string>(
  who: string,
  field: string,
  table: Readonly<Record<Name, unknown>>,
  value: string,
): Name {
  if (Object.hasOwn(table, value)) return value as Name;
  const known = Object.keys(table);
  throw illegalOption(who, field, `one of ${known.join(", ")}`, String(value), nearestRemedy(value, known));
}
