#include "tideline_self_test.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tideline_json.h"

static tl_status corrupt(tl_fault *fault) {
  return tl_refuse(fault, TL_ARTIFACT_CORRUPT, "vectors", "expected windows with their probabilities");
}

/** Reads exactly `count` numbers of an array. */
static bool read_row(tl_json *json, float *numbers, double *precise, size_t count) {
  if (!tl_json_enter(json, TL_JSON_ARRAY)) return false;
  for (size_t index = 0; index < count; index += 1) {
    double value;
    if (!tl_json_next(json) || !tl_json_number(json, &value)) return false;
    if (numbers != NULL) numbers[index] = (float)value;
    if (precise != NULL) precise[index] = value;
  }
  return !tl_json_next(json) && json->status == TL_OK;
}

/** The places of windows and probabilities, and the tolerance. */
static bool find_parts(tl_json *json, tl_json *windows, tl_json *probabilities, double *tolerance) {
  char key[16];
  double format = 0;
  int parts = 0;
  tl_json_enter(json, TL_JSON_OBJECT);
  while (tl_json_next_key(json, key, sizeof key)) {
    if (strcmp(key, "format") == 0) {
      tl_json_number(json, &format);
    } else if (strcmp(key, "tolerance") == 0) {
      tl_json_number(json, tolerance);
    } else if (strcmp(key, "windows") == 0) {
      *windows = *json;
      parts |= 1;
      tl_json_skip(json);
    } else if (strcmp(key, "probabilities") == 0) {
      *probabilities = *json;
      parts |= 2;
      tl_json_skip(json);
    } else {
      tl_json_skip(json);
    }
  }
  return tl_json_end(json) && format == 1 && parts == 3;
}

/** How many items an array has, whose JSON is well formed; 0 for anything else. */
static size_t items_of(tl_json json) {
  size_t items = 0;
  if (!tl_json_enter(&json, TL_JSON_ARRAY)) return 0;
  for (; tl_json_next(&json); items += 1) tl_json_skip(&json);
  return json.status == TL_OK ? items : 0;
}

/** Walks windows and probabilities side by side. */
static tl_status compare(tl_table *table, tl_json *windows, tl_json *probabilities, double tolerance, float *window,
                         float *answer, double *expected, tl_fault *fault) {
  size_t inputs = tl_table_input(table)->count;
  size_t outputs = tl_table_output(table, 0)->count;
  size_t rows = items_of(*windows);
  if (rows == 0 || rows != items_of(*probabilities)) return corrupt(fault);
  if (!tl_json_enter(windows, TL_JSON_ARRAY) || !tl_json_enter(probabilities, TL_JSON_ARRAY)) return corrupt(fault);
  for (size_t row = 0; row < rows; row += 1) {
    if (!tl_json_next(windows) || !tl_json_next(probabilities)) return corrupt(fault);
    if (!read_row(windows, window, NULL, inputs) || !read_row(probabilities, NULL, expected, outputs)) return corrupt(fault);
    tl_table_run(table, window, inputs, answer, outputs);
    for (size_t index = 0; index < outputs; index += 1) {
      /* Written so that a NaN fails. */
      if (fabs((double)answer[index] - expected[index]) <= tolerance) continue;
      char field[32];
      snprintf(field, sizeof field, "window %u", (unsigned)row);
      return tl_refuse(fault, TL_SELF_TEST_FAILED, field, "expected probabilities within the tolerance");
    }
  }
  return TL_OK;
}

tl_status tl_self_test(tl_table *table, const uint8_t *vectors, size_t length, tl_fault *fault) {
  tl_json json, windows, probabilities;
  double tolerance = 0;
  tl_json_init(&json, vectors, length);
  if (!find_parts(&json, &windows, &probabilities, &tolerance)) return corrupt(fault);
  size_t inputs = tl_table_input(table)->count;
  size_t outputs = tl_table_output(table, 0)->count;
  double *expected = malloc(outputs * sizeof *expected);
  float *window = malloc((inputs + outputs) * sizeof *window);
  tl_status status = TL_OUT_OF_MEMORY;
  if (expected != NULL && window != NULL) {
    status = compare(table, &windows, &probabilities, tolerance, window, window + inputs, expected, fault);
  }
  free(expected);
  free(window);
  return status;
}

tl_status tl_artifact_check(const tl_ports *ports, const uint8_t *bytes, size_t length, const char *sha256, size_t expected,
                            tl_fault *fault) {
  uint8_t digest[32];
  char text[65];
  if (length != expected) return tl_refuse(fault, TL_ARTIFACT_CORRUPT, "artifact", "expected as many bytes as the manifest names");
  if (ports->digest == NULL || !ports->digest(ports->context, bytes, length, digest)) {
    return tl_refuse(fault, TL_UNAVAILABLE, "digest", "the platform gave no digest");
  }
  for (int index = 0; index < 32; index += 1) snprintf(text + 2 * index, 3, "%02x", digest[index]);
  if (strcmp(text, sha256) != 0) return tl_refuse(fault, TL_ARTIFACT_CORRUPT, "artifact", "expected the bytes that the manifest names");
  return TL_OK;
}
