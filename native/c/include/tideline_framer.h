#ifndef TIDELINE_FRAMER_H
#define TIDELINE_FRAMER_H

/**
 * @file
 * The one meaning of windows, on every phone as in the pipeline. The gravity of a sample is a causal low-pass of the
 * acceleration, started at the first sample (or the first after a gap), kept in double precision; the body's
 * acceleration is the rest. A window is given out as soon as its last sample has come; how samples are cut into pushes
 * changes nothing.
 */

#include <stddef.h>
#include <stdint.h>

#include "tideline_status.h"

#ifdef __cplusplus
extern "C" {
#endif

/** How a series of samples becomes windows. */
typedef struct tl_window {
  /** Channels of a sample. */
  uint32_t input;
  /** Those whose gravity is split off, by index; a window has their bodies, their gravities, then the others. */
  const uint32_t *split;
  uint32_t split_count;
  /** Samples a second, and cut-off frequency of the low-pass in hertz. */
  double rate;
  double cutoff;
  /** Samples in a window, and from one window's start to the next one's. */
  uint32_t size;
  uint32_t hop;
} tl_window;

typedef struct tl_framer tl_framer;

/** Channels of a finished window. */
uint32_t tl_window_channels(const tl_window *window);
/** Makes a framer of one session; TL_ARGUMENT_INVALID, TL_OUT_OF_MEMORY. The definition is copied. */
tl_status tl_framer_open(tl_framer **framer, const tl_window *window);
void tl_framer_close(tl_framer *framer);

/**
 * Takes the samples `[start, start + samples)`, interleaved. Those that were taken before are passed over; a jump ahead is
 * a gap: filter and window start anew. `each` gets every finished window, `[size, channels]`, valid during the call, and
 * the index of its first sample; what it returns other than TL_OK ends the push.
 */
tl_status tl_framer_push(tl_framer *framer, uint64_t start, const float *values, size_t samples,
                         tl_status (*each)(void *context, uint64_t start, const float *window), void *context);
/** How many gaps there were, and how many samples never came. */
void tl_framer_gaps(const tl_framer *framer, uint64_t *gaps, uint64_t *missing);

#ifdef __cplusplus
}
#endif

#endif
