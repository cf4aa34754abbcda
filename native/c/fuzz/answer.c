/* Bytes as what a server answers, and as the vectors of a release: all of what reads JSON. */
#include <stdlib.h>
#include <string.h>

#include "tideline_json.h"
#include "tideline_wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void take(void *context, const tl_quarantined *event) {
  size_t *length = context;
  *length += strlen(event->code) + strlen(event->field);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  tl_acknowledgement answer;
  size_t length = 0;
  /* In exactly as much memory as there are bytes, so that a read beyond the end is seen. */
  uint8_t *bytes = malloc(size > 0 ? size : 1);
  if (bytes == NULL) return 0;
  if (size > 0) memcpy(bytes, data, size);
  if (tl_acknowledgement_read(&answer, bytes, size, take, &length) == TL_OK) {
    for (size_t index = 0; index < answer.acknowledged.count; index += 1) {
      tl_range range = answer.acknowledged.ranges[index];
      bool rises = index == 0 || range.from > answer.acknowledged.ranges[index - 1].to + 1;
      if (range.from > range.to || !rises) abort();
    }
    if (tl_sequence_has(&answer.acknowledged, 3) && tl_sequence_count(&answer.acknowledged) == 0) abort();
    tl_acknowledgement_free(&answer);
  }
  tl_json json;
  tl_json_init(&json, bytes, size);
  tl_json_skip(&json);
  tl_json_end(&json);
  free(bytes);
  return 0;
}
