import { tidelineError } from "@tideline/spec";

/** A whole number of the command line. @throws ARGUMENT_INVALID */
export function wholeFlag(
  who: string,
  field: string,
  given: string | undefined,
  otherwise: number,
  most: number,
): number {
  if (given === undefined) return otherwise;
  const value = /^[0-9]{1,10}$/.test(given) ? Number(given) : Number.NaN;
  if (value >= (field === "--vectors" ? 1 : 0) && value <= most) return value;
  throw tidelineError("ARGUMENT_INVALID", {
    who,
    field,
    expected: `a whole number up to ${most}`,
    received: given,
  });
}
