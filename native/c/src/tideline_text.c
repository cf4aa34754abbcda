#include "tideline_text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool tl_utf8_valid(const char *text, size_t length, size_t *units) {
  const uint8_t *at = (const uint8_t *)text;
  const uint8_t *end = at + length;
  size_t count = 0;
  while (at < end) {
    uint8_t first = *at;
    size_t more = first < 0x80 ? 0 : first < 0xc2 ? 4 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : first < 0xf5 ? 3 : 4;
    if (more == 4 || (size_t)(end - at) <= more) return false;
    /* The second byte's range excludes overlong forms, surrogates and what lies beyond U+10FFFF. */
    uint8_t low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
    uint8_t high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
    for (size_t index = 1; index <= more; index += 1) {
      if (at[index] < low || at[index] > high) return false;
      low = 0x80;
      high = 0xbf;
    }
    at += more + 1;
    count += more == 3 ? 2 : 1;
  }
  if (units != NULL) *units = count;
  return true;
}

/** Digits of a positive double rounded to `precision` digits, and the power of ten of the first one. */
static int digits_of(double value, int precision, char digits[20]) {
  char text[40];
  snprintf(text, sizeof text, "%.*e", precision - 1, value);
  /* Whatever the locale's decimal point is, it stands between the first digit and the others: it is passed over. */
  int count = 0;
  const char *at = text;
  for (; *at != 'e'; at += 1) {
    if (*at >= '0' && *at <= '9') digits[count++] = *at;
  }
  digits[count] = '\0';
  return atoi(at + 1);
}

/** Whether digits with the first one at 10^exponent read back as the value. */
static bool reads_back(const char *digits, int exponent, double value) {
  char text[40];
  snprintf(text, sizeof text, "%se%d", digits, exponent - (int)strlen(digits) + 1);
  return strtod(text, NULL) == value;
}

/** Adds one to the last digit; false where that would carry, which never leads to a shorter form. */
static bool next_digits(char *digits) {
  char *last = digits + strlen(digits) - 1;
  if (*last == '9') return false;
  *last = (char)(*last + 1);
  return true;
}

/** The shortest digits that read back as a positive double; returns the power of ten of the first one. */
static int shortest(double value, char digits[20]) {
  int binary;
  /* Next to a power of two the upper neighbour is further away: the digits above may read back where the nearest do not. */
  bool lopsided = frexp(value, &binary) == 0.5;
  /* Up to 15 digits every normal double keeps them; then 16 or 17 are needed. Below, precision itself shrinks. */
  int precision = value < 2.2250738585072014e-308 ? 1 : 15;
  for (; precision < 17; precision += 1) {
    int exponent = digits_of(value, precision, digits);
    if (reads_back(digits, exponent, value)) return exponent;
    if (lopsided && next_digits(digits) && reads_back(digits, exponent, value)) return exponent;
  }
  return digits_of(value, 17, digits);
}

double tl_short_number(float value) {
  char digits[20];
  char text[40];
  if (!isfinite(value) || value == 0) return (double)value;
  int exponent = digits_of(fabs((double)value), 9, digits);
  snprintf(text, sizeof text, "%s%se%d", value < 0 ? "-" : "", digits, exponent - 8);
  return strtod(text, NULL);
}

size_t tl_number_text(double value, char text[TL_NUMBER_TEXT]) {
  if (!isfinite(value)) return 0;
  if (value == 0) {
    memcpy(text, "0", 2);
    return 1;
  }
  char *to = text;
  if (value < 0) *to++ = '-';
  char digits[20];
  int point = shortest(fabs(value), digits) + 1;
  int count = (int)strlen(digits);
  while (count > 1 && digits[count - 1] == '0') count -= 1;
  if (point > 0 && point <= 21) {
    for (int index = 0; index < count || index < point; index += 1) {
      if (index == point) *to++ = '.';
      *to++ = index < count ? digits[index] : '0';
    }
  } else if (point <= 0 && point > -6) {
    *to++ = '0';
    *to++ = '.';
    for (int index = point; index < 0; index += 1) *to++ = '0';
    memcpy(to, digits, (size_t)count);
    to += count;
  } else {
    *to++ = digits[0];
    if (count > 1) {
      *to++ = '.';
      memcpy(to, digits + 1, (size_t)(count - 1));
      to += count - 1;
    }
    to += snprintf(to, 8, "e%+d", point - 1);
  }
  *to = '\0';
  return (size_t)(to - text);
}

void tl_json_add_string(tl_buffer *buffer, const char *text, size_t length) {
  if (!tl_utf8_valid(text, length, NULL)) {
    if (buffer->status == TL_OK) buffer->status = TL_FIELD_INVALID;
    return;
  }
  tl_buffer_add(buffer, "\"", 1);
  size_t plain = 0;
  for (size_t index = 0; index < length; index += 1) {
    uint8_t byte = (uint8_t)text[index];
    if (byte >= 0x20 && byte != '"' && byte != '\\') continue;
    tl_buffer_add(buffer, text + plain, index - plain);
    plain = index + 1;
    const char *short_form = byte == '"'    ? "\\\""
                             : byte == '\\' ? "\\\\"
                             : byte == '\b' ? "\\b"
                             : byte == '\t' ? "\\t"
                             : byte == '\n' ? "\\n"
                             : byte == '\f' ? "\\f"
                             : byte == '\r' ? "\\r"
                                            : NULL;
    char escape[8];
    if (short_form == NULL) snprintf(escape, sizeof escape, "\\u%04x", byte);
    tl_buffer_add_text(buffer, short_form == NULL ? escape : short_form);
  }
  tl_buffer_add(buffer, text + plain, length - plain);
  tl_buffer_add(buffer, "\"", 1);
}

void tl_json_add_number(tl_buffer *buffer, double value) {
  char text[TL_NUMBER_TEXT];
  size_t length = tl_number_text(value, text);
  if (length == 0 && buffer->status == TL_OK) buffer->status = TL_FIELD_INVALID;
  tl_buffer_add(buffer, text, length);
}

void tl_json_add_integer(tl_buffer *buffer, int64_t value) {
  char text[TL_NUMBER_TEXT];
  int length = snprintf(text, sizeof text, "%lld", (long long)value);
  tl_buffer_add(buffer, text, (size_t)length);
}
