#ifndef TIDELINE_SEQUENCE_H
#define TIDELINE_SEQUENCE_H

/**
 * @file
 * Sets of sequence numbers as ranges: sorted, disjoint and never adjacent, both ends included. The form in which a
 * server acknowledges events and in which a queue remembers what is settled.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tideline_status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tl_range {
  uint64_t from;
  uint64_t to;
} tl_range;

/** A set; all zeros is the empty one. Release with tl_sequence_free(). */
typedef struct tl_sequence_set {
  tl_range *ranges;
  size_t count;
  size_t capacity;
} tl_sequence_set;

/** Ranges of one set, 1 MiB of them: sequence numbers come one after the other, so that real sets have a handful. */
#define TL_SEQUENCE_RANGES 65536

void tl_sequence_free(tl_sequence_set *set);
bool tl_sequence_has(const tl_sequence_set *set, uint64_t sequence);
/** Adds a range; TL_ARGUMENT_INVALID where it is backwards, TL_OUT_OF_MEMORY beyond {@link TL_SEQUENCE_RANGES}. */
tl_status tl_sequence_add(tl_sequence_set *set, tl_range range);
/** How many numbers the set holds. */
uint64_t tl_sequence_count(const tl_sequence_set *set);
/** The highest number; 0 for the empty set. */
uint64_t tl_sequence_highest(const tl_sequence_set *set);

#ifdef __cplusplus
}
#endif

#endif
