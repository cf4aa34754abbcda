#include "tideline_framer.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* A multiply and an add that are fused would round once where the reference rounds twice. */
#ifdef __clang__
#pragma STDC FP_CONTRACT OFF
#endif

/** Numbers of a window at most: 64 MiB of them. */
#define WINDOW_NUMBERS ((uint64_t)1 << 24)

struct tl_framer {
  tl_window window;
  double alpha;
  double *level;
  float *buffer;
  /** Input channel of each one that is copied, behind those that are split. */
  uint32_t *order;
  uint32_t filled;
  bool begun;
  bool fresh;
  uint64_t next;
  uint64_t gaps;
  uint64_t missing;
};

uint32_t tl_window_channels(const tl_window *window) { return window->input + window->split_count; }

static bool legal(const tl_window *window) {
  if (window->input == 0 || window->input > 4096 || window->split_count > window->input) return false;
  if (window->size == 0 || window->hop == 0 || window->hop > window->size) return false;
  if (!(window->rate > 0) || (window->split_count > 0 && !(window->cutoff > 0))) return false;
  if ((uint64_t)window->size * tl_window_channels(window) > WINDOW_NUMBERS) return false;
  for (uint32_t index = 0; index < window->split_count; index += 1) {
    if (window->split[index] >= window->input) return false;
    for (uint32_t other = 0; other < index; other += 1) {
      if (window->split[other] == window->split[index]) return false;
    }
  }
  return true;
}

static bool is_split(const tl_window *window, uint32_t channel) {
  for (uint32_t index = 0; index < window->split_count; index += 1) {
    if (window->split[index] == channel) return true;
  }
  return false;
}

tl_status tl_framer_open(tl_framer **result, const tl_window *window) {
  *result = NULL;
  if (!legal(window)) return TL_ARGUMENT_INVALID;
  tl_framer *framer = calloc(1, sizeof *framer);
  if (framer == NULL) return TL_OUT_OF_MEMORY;
  framer->window = *window;
  framer->level = calloc(window->input, sizeof *framer->level);
  framer->order = calloc(window->input, sizeof *framer->order);
  framer->buffer = calloc((size_t)window->size * tl_window_channels(window), sizeof *framer->buffer);
  if (framer->level == NULL || framer->order == NULL || framer->buffer == NULL) {
    tl_framer_close(framer);
    return TL_OUT_OF_MEMORY;
  }
  uint32_t place = 0;
  for (; place < window->split_count; place += 1) framer->order[place] = window->split[place];
  for (uint32_t channel = 0; channel < window->input; channel += 1) {
    if (!is_split(window, channel)) framer->order[place++] = channel;
  }
  framer->window.split = framer->order;
  /* Smoothing of a first-order low-pass: dt / (dt + 1 / (2 pi cutoff)). */
  double step = 1 / window->rate;
  framer->alpha = window->split_count == 0 ? 0 : step / (step + 1 / (2 * 3.141592653589793 * window->cutoff));
  framer->fresh = true;
  *result = framer;
  return TL_OK;
}

void tl_framer_close(tl_framer *framer) {
  if (framer == NULL) return;
  free(framer->level);
  free(framer->order);
  free(framer->buffer);
  free(framer);
}

static void append(tl_framer *framer, const float *sample) {
  uint32_t split = framer->window.split_count;
  float *to = framer->buffer + (size_t)framer->filled * tl_window_channels(&framer->window);
  for (uint32_t index = 0; index < split; index += 1) {
    double value = (double)sample[framer->order[index]];
    double level = framer->level[index];
    double change = framer->alpha * (value - level);
    framer->level[index] = framer->fresh ? value : level + change;
    to[index] = (float)(value - framer->level[index]);
    to[split + index] = (float)framer->level[index];
  }
  for (uint32_t index = split; index < framer->window.input; index += 1) to[split + index] = sample[framer->order[index]];
  framer->fresh = false;
  framer->filled += 1;
}

tl_status tl_framer_push(tl_framer *framer, uint64_t start, const float *values, size_t samples,
                         tl_status (*each)(void *context, uint64_t start, const float *window), void *context) {
  const tl_window *window = &framer->window;
  size_t width = tl_window_channels(window);
  if (start > (UINT64_C(1) << 53) || samples > (UINT64_C(1) << 53)) return TL_ARGUMENT_INVALID;
  if (framer->begun && start > framer->next) {
    framer->gaps += 1;
    framer->missing += start - framer->next;
    framer->filled = 0;
    framer->fresh = true;
    framer->next = start;
  } else if (!framer->begun) {
    framer->next = start;
  }
  framer->begun = true;
  for (uint64_t sample = framer->next - start; sample < samples; sample += 1) {
    append(framer, values + sample * window->input);
    framer->next += 1;
    if (framer->filled < window->size) continue;
    tl_status status = each(context, framer->next - window->size, framer->buffer);
    framer->filled = window->size - window->hop;
    memmove(framer->buffer, framer->buffer + window->hop * width, framer->filled * width * sizeof *framer->buffer);
    if (status != TL_OK) return status;
  }
  return TL_OK;
}

void tl_framer_gaps(const tl_framer *framer, uint64_t *gaps, uint64_t *missing) {
  *gaps = framer->gaps;
  *missing = framer->missing;
}
