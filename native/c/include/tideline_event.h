#ifndef TIDELINE_EVENT_H
#define TIDELINE_EVENT_H

/**
 * @file
 * Declarations of events, as static tables that a shim writes down or generates from the app's definition, and the
 * values of one call. A value is held against its declaration before anything of it is stored, by the rules with
 * which the server would quarantine it.
 *
 * @code
 * static const tl_field TAP_FIELDS[] = {
 *   {.name = "target", .kind = TL_STRING, .max_length = 256},
 *   {.name = "screen", .kind = TL_STRING, .max_length = 256, .purpose = "analytics_screens", .optional = true},
 * };
 * static const tl_event_type TAP = {
 *   .name = "tap", .version = 2, .purpose = "analytics", .fields = TAP_FIELDS, .field_count = 2};
 * @endcode
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tideline_frame.h"
#include "tideline_status.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Kind of a field. */
typedef enum tl_kind {
  TL_STRING = 1,
  /** A safe integer. */
  TL_INT,
  /** A finite number. */
  TL_FLOAT,
  TL_BOOLEAN,
  /** Milliseconds since 1970, a safe integer. */
  TL_TIME,
  /** A fixed number of finite numbers. */
  TL_VECTOR,
  /** Sensor samples. */
  TL_FRAME,
  /** Media by reference; the bytes stay on the phone. */
  TL_MEDIA
} tl_kind;

/** A declared field; what is zero is not stated. */
typedef struct tl_field {
  const char *name;
  tl_kind kind;
  bool optional;
  /** Purpose that the person must have consented to besides the event's own; NULL for none. The field is then optional. */
  const char *purpose;
  /** Of a string: UTF-16 units; 0 for the default of 256. */
  uint32_t max_length;
  /** Of a string: the values that it may have, ended by NULL; NULL for any. Of media: their types, `image/jpeg` and the like. */
  const char *const *one_of;
  /** Of numbers. Of media: `max` is the most bytes. */
  bool has_min, has_max;
  double min, max;
  /** Of a vector: how many numbers. Of a frame: how many channels. */
  uint32_t size;
  /** Of a frame: the unit of each channel, and samples a second. */
  const char *const *units;
  double rate;
} tl_field;

/** A declared event. */
typedef struct tl_event_type {
  const char *name;
  uint32_t version;
  /** Purpose that the person must have consented to before anything of it is stored. */
  const char *purpose;
  const tl_field *fields;
  size_t field_count;
} tl_event_type;

/** What an app declares. */
typedef struct tl_app {
  /** Every purpose, ended by NULL. */
  const char *const *purposes;
  const tl_event_type *const *events;
  size_t event_count;
} tl_app;

/** A property of a call. Strings and numbers are only read during the call. */
typedef struct tl_property {
  const char *name;
  tl_kind kind;
  union {
    /** UTF-8; may hold U+0000, hence the length. */
    struct {
      const char *text;
      size_t length;
    } string;
    /** Of TL_INT and TL_TIME. */
    int64_t integer;
    double number;
    bool boolean;
    struct {
      const double *values;
      size_t count;
    } vector;
    tl_frame frame;
    struct {
      /** SHA-256 of the bytes in 64 hexadecimal digits, lower case. */
      const char *sha256;
      int64_t bytes;
      const char *type;
    } media;
  } as;
} tl_property;

/** Finds a declaration by name; NULL where there is none. */
const tl_event_type *tl_app_event(const tl_app *app, const char *name);
/** Whether the app declares a purpose. */
bool tl_app_has_purpose(const tl_app *app, const char *purpose);

/**
 * Holds properties against the declaration.
 * @return TL_OK, TL_FIELD_MISSING, TL_FIELD_INVALID or TL_FIELD_UNKNOWN; the fault names the field.
 */
tl_status tl_event_check(const tl_event_type *type, const tl_property *properties, size_t count, tl_fault *fault);

#ifdef __cplusplus
}
#endif

#endif
