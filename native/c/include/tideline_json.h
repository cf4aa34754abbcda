#ifndef TIDELINE_JSON_H
#define TIDELINE_JSON_H

/**
 * @file
 * A pull reader of JSON (RFC 8259) for answers of a server and vectors of a release. It allocates nothing, does not
 * recurse, and bounds everything: 32 levels, 60 characters a number. A failure sticks: every later call says false,
 * and `status` tells of it at the end. What it accepts, every reader of JSON accepts.
 *
 * @code
 * tl_json json;
 * char key[24];
 * tl_json_init(&json, bytes, length);
 * if (tl_json_enter(&json, TL_JSON_OBJECT)) {
 *   while (tl_json_next_key(&json, key, sizeof key)) {
 *     if (strcmp(key, "format") == 0) tl_json_number(&json, &format);
 *     else tl_json_skip(&json);
 *   }
 * }
 * if (!tl_json_end(&json)) return TL_DATA_MALFORMED;
 * @endcode
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tideline_status.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Kind of a value. */
typedef enum tl_json_kind {
  TL_JSON_BROKEN = 0,
  TL_JSON_NULL,
  TL_JSON_BOOLEAN,
  TL_JSON_NUMBER,
  TL_JSON_STRING,
  TL_JSON_ARRAY,
  TL_JSON_OBJECT
} tl_json_kind;

/** Levels of arrays and objects. */
#define TL_JSON_DEPTH 32

/** A place in JSON bytes; copy it to come back to the place. */
typedef struct tl_json {
  const uint8_t *at;
  const uint8_t *end;
  /** Bit `d`: the container at level `d` is an object. */
  uint64_t objects;
  unsigned depth;
  /** Nothing of the innermost container has been read. */
  bool first;
  tl_status status;
} tl_json;

void tl_json_init(tl_json *json, const uint8_t *bytes, size_t length);
/** Kind of the value that comes next. */
tl_json_kind tl_json_peek(tl_json *json);
/** Goes into the array or object that comes next; false, and broken, where something else comes. */
bool tl_json_enter(tl_json *json, tl_json_kind kind);
/** Whether the array has another item, which then comes next; false at its end, which is passed. */
bool tl_json_next(tl_json *json);
/** Whether the object has another member, whose value then comes next; a key that is longer than `room` reads as "". */
bool tl_json_next_key(tl_json *json, char *key, size_t room);
bool tl_json_number(tl_json *json, double *value);
/** A whole number from 0 to 2^53 - 1; anything else is broken. */
bool tl_json_count(tl_json *json, uint64_t *value);
bool tl_json_boolean(tl_json *json, bool *value);
/** A string, with a zero byte added; one that needs more than `room` bytes, or that holds U+0000, reads as "". */
bool tl_json_string(tl_json *json, char *text, size_t room);
/** Passes over the value that comes next, whatever it is. */
bool tl_json_skip(tl_json *json);
/** Whether all was well formed and nothing but white space is left. */
bool tl_json_end(tl_json *json);

#ifdef __cplusplus
}
#endif

#endif
