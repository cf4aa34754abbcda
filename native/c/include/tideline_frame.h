#ifndef TIDELINE_FRAME_H
#define TIDELINE_FRAME_H

/**
 * @file
 * Runs of sensor samples as they travel (docs/wire.md, "Frames"): packed numbers in the attachment, and what the
 * property says of them.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tideline_buffer.h"

#ifdef __cplusplus
extern "C" {
#endif

/** How samples stand in the attachment. */
typedef enum tl_encoding {
  /** Keeps every bit. */
  TL_FLOAT32 = 0,
  /** Takes half the bytes and keeps a 65,535th of each channel's range. */
  TL_INT16
} tl_encoding;

/** Before present sample `at`, `missing` samples are missing. */
typedef struct tl_gap {
  uint64_t at;
  uint64_t missing;
} tl_gap;

/** Samples, interleaved `[samples, channels]`. */
typedef struct tl_frame {
  const float *values;
  size_t samples;
  tl_encoding encoding;
  /** TL_INT16 only: a factor for each channel, as a sensor's own step; NULL for the smallest that fits. */
  const double *scale;
  /** Samples a second as measured, within a tenth of the declared rate; 0 where it is not stated. */
  double rate;
  /** Whether the declared units travel along. */
  bool state_units;
  /** Rising in `at`. */
  const tl_gap *gaps;
  size_t gap_count;
} tl_frame;

/** Bytes of samples in an attachment; a multiple of 4. */
uint64_t tl_frame_bytes(uint64_t samples, uint64_t channels, tl_encoding encoding);

/** What is wrong with a frame of so many channels, in words, or NULL. `rate` is the declared one. */
const char *tl_frame_fault(const tl_frame *frame, uint32_t channels, double rate);

/**
 * Adds the samples of a frame without fault to `attachment`, and to `json` what follows the offset in its property:
 * `,"samples":...}`. `units` are the declared ones, or NULL.
 */
void tl_frame_add(const tl_frame *frame, uint32_t channels, const char *const *units, tl_buffer *attachment,
                  tl_buffer *json);

/**
 * Reads samples back: `bytes` holds tl_frame_bytes(), `values` has room for `samples * channels`. An int16 value is
 * the float64 product of integer and scale, rounded once.
 */
void tl_frame_decode(const uint8_t *bytes, size_t samples, uint32_t channels, tl_encoding encoding, const double *scale,
                     float *values);

#ifdef __cplusplus
}
#endif

#endif
