import { tidelineError } from "@tideline/spec/error";

/** Microseconds on either side of 1970 that dates reach: 271,821 years before our era. */
export const MOST_TIME = 8.64e18;

/** A time that files can hold. @throws DATA_MALFORMED for an infinite one, or one beyond the years that dates have. */
export function writtenTime(name: string, micros: number): number {
  if (Math.abs(micros) <= MOST_TIME) return micros;
  throw tidelineError("DATA_MALFORMED", {
    who: "write",
    field: `column ${JSON.stringify(name)}`,
    expected: `a time of at most ${MOST_TIME} microseconds before or after 1970`,
    received: String(micros),
  });
}
