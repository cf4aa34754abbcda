#include "tideline_event.h"

#include <math.h>
#include <string.h>

#include "tideline_text.h"

const tl_event_type *tl_app_event(const tl_app *app, const char *name) {
  for (size_t index = 0; index < app->event_count; index += 1) {
    if (strcmp(app->events[index]->name, name) == 0) return app->events[index];
  }
  return NULL;
}

bool tl_app_has_purpose(const tl_app *app, const char *purpose) {
  for (const char *const *at = app->purposes; *at != NULL; at += 1) {
    if (strcmp(*at, purpose) == 0) return true;
  }
  return false;
}

static const char *fault_of_size(const tl_field *field, double value) {
  if (field->has_min && value < field->min) return "expected a number that is not below the least";
  if (field->has_max && value > field->max) return "expected a number that is not above the most";
  return NULL;
}

static const char *fault_of_string(const tl_field *field, const char *text, size_t length) {
  size_t units = 0;
  if (text == NULL || !tl_utf8_valid(text, length, &units)) return "expected a string of well-formed UTF-8";
  if (units > (field->max_length == 0 ? 256 : field->max_length)) return "expected a string that is not longer than declared";
  if (field->one_of == NULL) return NULL;
  for (const char *const *at = field->one_of; *at != NULL; at += 1) {
    if (strlen(*at) == length && memcmp(*at, text, length) == 0) return NULL;
  }
  return "expected one of the declared strings";
}

static const char *fault_of_vector(const tl_field *field, const double *values, size_t count) {
  if (count != field->size || values == NULL) return "expected as many numbers as declared";
  for (size_t index = 0; index < count; index += 1) {
    if (!isfinite(values[index])) return "expected finite numbers";
  }
  return NULL;
}

static const char *fault_of_media(const tl_field *field, const tl_property *property) {
  const char *sha256 = property->as.media.sha256;
  const char *type = property->as.media.type;
  if (sha256 == NULL || strlen(sha256) != 64 || strspn(sha256, "0123456789abcdef") != 64) {
    return "expected a digest in 64 hexadecimal digits, lower case";
  }
  if (property->as.media.bytes < 1 || (field->has_max && (double)property->as.media.bytes > field->max)) {
    return "expected from one byte to the most that is declared";
  }
  for (const char *const *at = field->one_of; type != NULL && at != NULL && *at != NULL; at += 1) {
    if (strcmp(*at, type) == 0) return NULL;
  }
  return "expected one of the declared media types";
}

/** What is wrong with a value, or NULL. */
static const char *fault_of(const tl_field *field, const tl_property *property) {
  if (field->kind != property->kind) return "expected a value of the declared kind";
  switch (property->kind) {
    case TL_STRING: return fault_of_string(field, property->as.string.text, property->as.string.length);
    case TL_INT:
    case TL_TIME: {
      int64_t value = property->as.integer;
      if (value > TL_SAFE_INTEGER || value < -TL_SAFE_INTEGER) return "expected a safe integer";
      return property->kind == TL_INT ? fault_of_size(field, (double)value) : NULL;
    }
    case TL_FLOAT:
      if (!isfinite(property->as.number)) return "expected a finite number";
      return fault_of_size(field, property->as.number);
    case TL_BOOLEAN: return NULL;
    case TL_VECTOR: return fault_of_vector(field, property->as.vector.values, property->as.vector.count);
    case TL_MEDIA: return fault_of_media(field, property);
    case TL_FRAME: return tl_frame_fault(&property->as.frame, field->size, field->rate);
  }
  return "expected a value of a known kind";
}

static const tl_property *find(const tl_property *properties, size_t count, const char *name) {
  for (size_t index = 0; index < count; index += 1) {
    if (strcmp(properties[index].name, name) == 0) return &properties[index];
  }
  return NULL;
}

tl_status tl_event_check(const tl_event_type *type, const tl_property *properties, size_t count, tl_fault *fault) {
  for (size_t index = 0; index < type->field_count; index += 1) {
    const tl_field *field = &type->fields[index];
    const tl_property *property = find(properties, count, field->name);
    if (property == NULL) {
      if (field->optional || field->purpose != NULL) continue;
      return tl_refuse(fault, TL_FIELD_MISSING, field->name, "expected a value, received nothing");
    }
    const char *reason = fault_of(field, property);
    if (reason != NULL) return tl_refuse(fault, TL_FIELD_INVALID, field->name, reason);
  }
  for (size_t index = 0; index < count; index += 1) {
    const char *name = properties[index].name;
    bool declared = false;
    for (size_t at = 0; at < type->field_count; at += 1) declared = declared || strcmp(type->fields[at].name, name) == 0;
    if (!declared) return tl_refuse(fault, TL_FIELD_UNKNOWN, name, "expected only declared fields");
    if (find(properties, count, name) != &properties[index]) {
      return tl_refuse(fault, TL_FIELD_INVALID, name, "expected each field once");
    }
  }
  return TL_OK;
}
