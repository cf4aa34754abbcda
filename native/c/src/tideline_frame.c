#include "tideline_frame.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "tideline_bytes.h"
#include "tideline_text.h"

/** Samples that a frame's gaps may leave out in all. */
#define MAX_MISSING INT64_C(2147483647)

uint64_t tl_frame_bytes(uint64_t samples, uint64_t channels, tl_encoding encoding) {
  return encoding == TL_INT16 ? (samples * channels + 1) / 2 * 4 : samples * channels * 4;
}

/** The smallest factor with which a channel fits into 16 bits. */
static double fitting_scale(const tl_frame *frame, uint32_t channels, uint32_t channel) {
  double largest = 0;
  for (size_t index = channel; index < frame->samples * channels; index += channels) {
    double magnitude = fabs((double)frame->values[index]);
    if (magnitude > largest) largest = magnitude;
  }
  return largest == 0 ? 1 : largest / 32767;
}

static double scale_of(const tl_frame *frame, uint32_t channels, uint32_t channel) {
  return frame->scale == NULL ? fitting_scale(frame, channels, channel) : frame->scale[channel];
}

/** To the nearest whole number, halves up, as JavaScript's `Math.round`. */
static double rounded(double value) {
  double below = floor(value);
  return value - below >= 0.5 ? below + 1 : below;
}

static const char *fault_of_int16(const tl_frame *frame, uint32_t channels) {
  for (uint32_t channel = 0; channel < channels; channel += 1) {
    for (size_t index = channel; index < frame->samples * channels; index += channels) {
      if (!isfinite(frame->values[index])) return "expected finite samples for int16: a missing one is a gap";
    }
    double scale = scale_of(frame, channels, channel);
    if (!(scale > 0) || !(scale * 32768 <= (double)FLT_MAX)) return "expected a scale above 0 that float32 can hold";
    for (size_t index = channel; index < frame->samples * channels; index += channels) {
      double stored = rounded((double)frame->values[index] / scale);
      if (!(stored >= -32768 && stored <= 32767)) return "expected samples that fit 16 bits with their scale";
    }
  }
  return NULL;
}

const char *tl_frame_fault(const tl_frame *frame, uint32_t channels, double rate) {
  if (frame->values == NULL || frame->samples == 0 || channels == 0) return "expected at least one sample";
  if (frame->samples > UINT32_MAX / 4 / channels) return "expected fewer samples";
  if (frame->encoding != TL_FLOAT32 && frame->encoding != TL_INT16) return "expected float32 or int16";
  if (frame->encoding == TL_FLOAT32 && frame->scale != NULL) return "expected no scale with float32";
  if (frame->rate != 0 && !(fabs(frame->rate - rate) * 10 <= rate)) return "expected a rate within a tenth of the declared one";
  uint64_t missing = 0;
  for (size_t index = 0; index < frame->gap_count; index += 1) {
    const tl_gap *gap = &frame->gaps[index];
    bool rises = index == 0 || gap->at > frame->gaps[index - 1].at;
    if (!rises || gap->at >= frame->samples || gap->missing == 0 || gap->missing > (uint64_t)MAX_MISSING - missing) {
      return "expected gaps that rise, before present samples";
    }
    missing += gap->missing;
  }
  return frame->encoding == TL_INT16 ? fault_of_int16(frame, channels) : NULL;
}

static void add_int16(const tl_frame *frame, uint32_t channels, uint8_t *room, tl_buffer *json) {
  for (uint32_t channel = 0; channel < channels; channel += 1) {
    double scale = scale_of(frame, channels, channel);
    for (size_t index = channel; index < frame->samples * channels; index += channels) {
      tl_write_u16(room + 2 * index, (uint16_t)(int16_t)rounded((double)frame->values[index] / scale));
    }
    tl_buffer_add(json, channel == 0 ? "[" : ",", 1);
    tl_json_add_number(json, scale);
  }
  tl_buffer_add(json, "]", 1);
}

void tl_frame_add(const tl_frame *frame, uint32_t channels, const char *const *units, tl_buffer *attachment,
                  tl_buffer *json) {
  size_t size = (size_t)tl_frame_bytes(frame->samples, channels, frame->encoding);
  uint8_t *room = tl_buffer_extend(attachment, size);
  if (room == NULL) return;
  tl_buffer_add_text(json, ",\"samples\":");
  tl_json_add_integer(json, (int64_t)frame->samples);
  if (frame->encoding == TL_INT16) {
    memset(room + size - 4, 0, 4);
    tl_buffer_add_text(json, ",\"encoding\":\"int16\",\"scale\":");
    add_int16(frame, channels, room, json);
  } else {
    for (size_t index = 0; index < frame->samples * channels; index += 1) tl_write_f32(room + 4 * index, frame->values[index]);
  }
  if (frame->rate != 0) {
    tl_buffer_add_text(json, ",\"rate\":");
    tl_json_add_number(json, frame->rate);
  }
  if (frame->state_units && units != NULL) {
    tl_buffer_add_text(json, ",\"units\":");
    for (uint32_t channel = 0; channel < channels; channel += 1) {
      tl_buffer_add(json, channel == 0 ? "[" : ",", 1);
      tl_json_add_string(json, units[channel], strlen(units[channel]));
    }
    tl_buffer_add(json, "]", 1);
  }
  for (size_t index = 0; index < frame->gap_count; index += 1) {
    tl_buffer_add_text(json, index == 0 ? ",\"gaps\":[[" : ",[");
    tl_json_add_integer(json, (int64_t)frame->gaps[index].at);
    tl_buffer_add(json, ",", 1);
    tl_json_add_integer(json, (int64_t)frame->gaps[index].missing);
    tl_buffer_add(json, "]", 1);
  }
  tl_buffer_add_text(json, frame->gap_count > 0 ? "]}" : "}");
}

void tl_frame_decode(const uint8_t *bytes, size_t samples, uint32_t channels, tl_encoding encoding, const double *scale,
                     float *values) {
  for (size_t index = 0; index < samples * channels; index += 1) {
    if (encoding == TL_FLOAT32) {
      values[index] = tl_read_f32(bytes + 4 * index);
      continue;
    }
    uint16_t bits = tl_read_u16(bytes + 2 * index);
    int32_t stored = bits < 0x8000 ? (int32_t)bits : (int32_t)bits - 0x10000;
    values[index] = (float)((double)stored * scale[index % channels]);
  }
}
