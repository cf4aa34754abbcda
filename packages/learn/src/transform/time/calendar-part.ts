/** Microseconds of a day. */
export const DAY = 86_400e6;

/** A part of the local date and time, as numbers of calendars: months and days from 1, Monday is 0. */
export type CalendarPart =
  | "year"
  | "quarter"
  | "month"
  | "day"
  | "dayOfYear"
  | "week"
  | "weekday"
  | "hour"
  | "minute"
  | "second"
  | "weekend"
  | "hourOfDay"
  | "dayFraction";

/**
 * What each part is, and how many there are before it starts again, from `first`: for sine and cosine. Weeks are those of ISO 8601.
 */
export const CALENDAR_PARTS: Readonly<
  Record<CalendarPart, { readonly period: number; readonly first: number }>
> = {
  year: { period: 0, first: 0 },
  quarter: { period: 4, first: 1 },
  month: { period: 12, first: 1 },
  day: { period: 31, first: 1 },
  dayOfYear: { period: 365.2425, first: 1 },
  week: { period: 52.1775, first: 1 },
  weekday: { period: 7, first: 0 },
  hour: { period: 24, first: 0 },
  minute: { period: 60, first: 0 },
  second: { period: 60, first: 0 },
  weekend: { period: 0, first: 0 },
  hourOfDay: { period: 24, first: 0 },
  dayFraction: { period: 1, first: 0 },
};

/** A date of the proleptic Gregorian calendar. */
export interface CivilDate {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  /** From 1. */
  readonly dayOfYear: number;
}

/** The date that is so many days after 1970-01-01: H. Hinnant, "chrono-compatible low-level date algorithms", 2013. */
export function civilDate(days: number): CivilDate {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const ofEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (ofEra - Math.floor(ofEra / 1460) + Math.floor(ofEra / 36_524) - Math.floor(ofEra / 146_096)) / 365,
  );
  const fromMarch = ofEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthFromMarch = Math.floor((5 * fromMarch + 2) / 153);
  const day = fromMarch - Math.floor((153 * monthFromMarch + 2) / 5) + 1;
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const dayOfYear = monthFromMarch < 10 ? fromMarch + 60 + (leap ? 1 : 0) : fromMarch - 305;
  return { year, month, day, dayOfYear };
}

/** A part of a local time in microseconds since 1970-01-01T00:00 of that place. NaN stays NaN. */
export function calendarPart(part: CalendarPart, local: number): number {
  if (Number.isNaN(local)) return local;
  const days = Math.floor(local / DAY);
  const within = local - days * DAY;
  const weekday = days + 3 - 7 * Math.floor((days + 3) / 7);
  switch (part) {
    case "weekday":
      return weekday;
    case "weekend":
      return weekday >= 5 ? 1 : 0;
    case "hour":
      return Math.floor(within / 3600e6);
    case "minute":
      return Math.floor(within / 60e6) % 60;
    case "second":
      return Math.floor(within / 1e6) % 60;
    case "hourOfDay":
      return within / 3600e6;
    case "dayFraction":
      return within / DAY;
    case "week": {
      // The Thursday of a week decides the year that it counts in.
      const thursday = days - weekday + 3;
      return Math.floor((civilDate(thursday).dayOfYear - 1) / 7) + 1;
    }
    case "quarter":
      return Math.floor((civilDate(days).month - 1) / 3) + 1;
    default:
      return civilDate(days)[part];
  }
}
