import { type OperatorDef, signatures, strict } from "./operator-def.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const WEEK = 7 * DAY;
/** 1 January 1970 was a Thursday, three days after a Monday. */
const EPOCH_AFTER_MONDAY = 3 * DAY;

/** The remainder with the divisor's sign, so that times before 1970 count forward too. */
function modulo(value: number, divisor: number): number {
  const rest = value % divisor;
  return rest < 0 ? rest + divisor : rest + 0;
}

/** The clock, in UTC: `hour_of_day` is 0 to 23, `day_of_week` is ISO 8601's 1 (Monday) to 7 (Sunday). */
export const clockOperators = {
  hour_of_day: {
    ...signatures("time->int64"),
    apply: strict<readonly [number]>(([time]) => Math.floor(modulo(time, DAY) / HOUR)),
  },
  day_of_week: {
    ...signatures("time->int64"),
    apply: strict<readonly [number]>(
      ([time]) => Math.floor(modulo(modulo(time, WEEK) + EPOCH_AFTER_MONDAY, WEEK) / DAY) + 1,
    ),
  },
} as const satisfies Record<string, OperatorDef>;
