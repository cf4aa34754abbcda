#include "tideline_retry_after.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

/** Days since 1970 of a date of the Gregorian calendar; Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms". */
static int64_t days_of(int year, int month, int day) {
  int64_t y = month <= 2 ? year - 1 : year;
  int64_t era = y / 400;
  int64_t of_era = y - era * 400;
  int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

/** Seconds since 1970 of an IMF-fixdate, such as `Thu, 01 Jan 2026 00:00:30 GMT`; -1 for other text. */
static int64_t seconds_of(const char *text) {
  static const char MONTHS[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
  char name[4] = "";
  char zone[4] = "";
  int day, year, hour, minute, second;
  if (text == NULL || strlen(text) != 29) return -1;
  if (sscanf(text + 4, " %2d %3s %4d %2d:%2d:%2d %3s", &day, name, &year, &hour, &minute, &second, zone) != 7) return -1;
  const char *month = strstr(MONTHS, name);
  if (month == NULL || (month - MONTHS) % 3 != 0 || strlen(name) != 3 || strcmp(zone, "GMT") != 0) return -1;
  if (day < 1 || day > 31 || year < 1970 || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) return -1;
  return days_of(year, (int)(month - MONTHS) / 3 + 1, day) * 86400 + hour * 3600 + minute * 60 + second;
}

double tl_retry_after(const char *retry_after, const char *date) {
  if (retry_after == NULL || *retry_after == '\0') return -1;
  size_t digits = strspn(retry_after, "0123456789");
  if (retry_after[digits] == '\0') {
    double seconds = 0;
    for (size_t index = 0; index < digits && seconds < 1e9; index += 1) seconds = seconds * 10 + (retry_after[index] - '0');
    return seconds;
  }
  int64_t until = seconds_of(retry_after);
  int64_t now = seconds_of(date);
  if (until < 0 || now < 0) return -1;
  return until < now ? 0 : (double)(until - now);
}
