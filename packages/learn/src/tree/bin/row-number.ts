import { tidelineError } from "@tideline/spec";
import type { NumericArray } from "../tree-table.ts";
import { described, isNumericArray } from "./numeric-value.ts";

/**
 * Numbers that go with rows: an array of numbers as it is, and nothing that would merely pass for numbers, such as text, truth
 * or null.
 *
 * @param what "weights": for messages.
 * @throws ARGUMENT_INVALID for no array, or one of another length; DATA_MALFORMED, with the row, for what is no number.
 */
export function rowNumbers(
  who: string,
  field: string,
  what: string,
  given: unknown,
  rows: number,
): NumericArray | readonly number[] {
  const expected = `${rows} ${what}, one for each row`;
  if (!isNumericArray(given) && !Array.isArray(given))
    throw tidelineError("ARGUMENT_INVALID", { who, field, expected, received: described(given) });
  if (given.length !== rows)
    throw tidelineError("ARGUMENT_INVALID", { who, field, expected, received: String(given.length) });
  if (isNumericArray(given)) return given;
  for (let row = 0; row < rows; row++)
    if (typeof given[row] !== "number")
      throw tidelineError("DATA_MALFORMED", {
        who,
        field: `${field}[${row}]`,
        expected: "a number",
        received: described(given[row]),
        remedy: "Leave out rows without one; convert others by Number().",
      });
  return given as readonly number[];
}
