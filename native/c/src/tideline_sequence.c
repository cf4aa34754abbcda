#include "tideline_sequence.h"

#include <stdlib.h>
#include <string.h>

void tl_sequence_free(tl_sequence_set *set) {
  free(set->ranges);
  memset(set, 0, sizeof *set);
}

/** Index of the first range that ends at `sequence` or later. */
static size_t lower_bound(const tl_sequence_set *set, uint64_t sequence) {
  size_t low = 0;
  size_t high = set->count;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (set->ranges[middle].to < sequence) low = middle + 1;
    else high = middle;
  }
  return low;
}

bool tl_sequence_has(const tl_sequence_set *set, uint64_t sequence) {
  size_t index = lower_bound(set, sequence);
  return index < set->count && set->ranges[index].from <= sequence;
}

static tl_status make_room(tl_sequence_set *set) {
  if (set->count < set->capacity) return TL_OK;
  if (set->count >= TL_SEQUENCE_RANGES) return TL_OUT_OF_MEMORY;
  size_t capacity = set->capacity == 0 ? 4 : set->capacity * 2;
  tl_range *ranges = realloc(set->ranges, capacity * sizeof *ranges);
  if (ranges == NULL) return TL_OUT_OF_MEMORY;
  set->ranges = ranges;
  set->capacity = capacity;
  return TL_OK;
}

tl_status tl_sequence_add(tl_sequence_set *set, tl_range range) {
  if (range.from > range.to || range.to == UINT64_MAX) return TL_ARGUMENT_INVALID;
  size_t start = lower_bound(set, range.from == 0 ? 0 : range.from - 1);
  size_t end = start;
  while (end < set->count && set->ranges[end].from <= range.to + 1) {
    if (set->ranges[end].from < range.from) range.from = set->ranges[end].from;
    if (set->ranges[end].to > range.to) range.to = set->ranges[end].to;
    end += 1;
  }
  if (start == end) {
    tl_status status = make_room(set);
    if (status != TL_OK) return status;
  }
  /* The ranges [start, end) become one. */
  memmove(set->ranges + start + 1, set->ranges + end, (set->count - end) * sizeof *set->ranges);
  set->ranges[start] = range;
  set->count = set->count + 1 - (end - start);
  return TL_OK;
}

uint64_t tl_sequence_count(const tl_sequence_set *set) {
  uint64_t count = 0;
  for (size_t index = 0; index < set->count; index += 1) count += set->ranges[index].to - set->ranges[index].from + 1;
  return count;
}

uint64_t tl_sequence_highest(const tl_sequence_set *set) {
  return set->count == 0 ? 0 : set->ranges[set->count - 1].to;
}
