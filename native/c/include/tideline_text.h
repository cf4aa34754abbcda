#ifndef TIDELINE_TEXT_H
#define TIDELINE_TEXT_H

/**
 * @file
 * Text and numbers as JSON has them: UTF-8 that is checked, escapes, and numbers in the shortest form that reads back
 * as the same double, exactly as JavaScript writes them. Nothing here depends on the process's locale.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tideline_buffer.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Largest whole number on which every reader of JSON agrees: 2^53 - 1. */
#define TL_SAFE_INTEGER INT64_C(9007199254740991)

/** Room for any number of tl_number_text() and its zero byte. */
#define TL_NUMBER_TEXT 32

/**
 * Whether bytes are well-formed UTF-8 (RFC 3629: no surrogates, nothing overlong).
 * @param units where not NULL, receives the length in UTF-16 units, in which a field's `max_length` is stated.
 */
bool tl_utf8_valid(const char *text, size_t length, size_t *units);

/** Writes a finite double as JavaScript's `JSON.stringify` does; returns the length, 0 for a number that is not finite. */
size_t tl_number_text(double value, char text[TL_NUMBER_TEXT]);

/** A double of at most 9 digits that rounds to the same number in single precision: what is written of it is short. */
double tl_short_number(float value);

/** Adds a string with quotes and escapes as `JSON.stringify` does; ill-formed UTF-8 becomes TL_FIELD_INVALID. */
void tl_json_add_string(tl_buffer *buffer, const char *text, size_t length);
/** Adds a finite number; any other becomes TL_FIELD_INVALID. */
void tl_json_add_number(tl_buffer *buffer, double value);
void tl_json_add_integer(tl_buffer *buffer, int64_t value);

#ifdef __cplusplus
}
#endif

#endif
