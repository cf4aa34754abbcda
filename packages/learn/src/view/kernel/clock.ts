import { anyNull, vectorOf } from "../scalar-vector.ts";
import type { Kernel } from "./kernel.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const WEEK = 7 * DAY;
/** 1 January 1970 was a Thursday, three days after a Monday. */
const EPOCH_AFTER_MONDAY = 3 * DAY;

function modulo(value: number, divisor: number): number {
  const rest = value % divisor;
  return rest < 0 ? rest + divisor : rest + 0;
}

function clock(of: (time: number) => number): Kernel {
  return (args, type) => {
    const nulls = anyNull(args);
    const out = args[0]!.values.map((time, row) => (nulls?.[row] === 1 ? 0 : of(time)));
    return vectorOf(type, out, nulls);
  };
}

/** As in the language: see `clockOperators`. */
export const clockKernels = {
  hour_of_day: clock((time) => Math.floor(modulo(time, DAY) / HOUR)),
  day_of_week: clock((time) => Math.floor(modulo(modulo(time, WEEK) + EPOCH_AFTER_MONDAY, WEEK) / DAY) + 1),
} as const satisfies Record<string, Kernel>;
