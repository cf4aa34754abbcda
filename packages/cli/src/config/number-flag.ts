import { tidelineError } from "@tideline/spec";

/** The integer of a flag, from 0 to `maximum`; undefined where it was not given. @throws `ARGUMENT_INVALID` */
export function parseInteger(
  flag: string,
  text: string | undefined,
  { maximum }: { readonly maximum: number },
): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d+$/.test(text) && Number(text) <= maximum) return Number(text);
  const expected = `an integer from 0 to ${maximum}`;
  throw tidelineError("ARGUMENT_INVALID", { who: "tideline", field: flag, expected, received: text });
}

/** The number above 0 of a flag; undefined where it was not given. @throws `ARGUMENT_INVALID` */
export function parsePositive(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() !== "" && Number.isFinite(value) && value > 0) return value;
  const expected = "a number above 0";
  throw tidelineError("ARGUMENT_INVALID", { who: "tideline", field: flag, expected, received: text });
}
