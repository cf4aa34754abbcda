#ifndef TIDELINE_BUFFER_H
#define TIDELINE_BUFFER_H

/**
 * @file
 * Bytes that grow up to a bound. A failure sticks: after it nothing more is added, and the status is read once at
 * the end instead of after each call.
 */

#include <stddef.h>
#include <stdint.h>

#include "tideline_status.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Growing bytes; initialise with tl_buffer_init(), release with tl_buffer_free(). */
typedef struct tl_buffer {
  uint8_t *bytes;
  size_t length;
  size_t capacity;
  /** Largest length; beyond it the status becomes TL_OUT_OF_MEMORY. */
  size_t limit;
  tl_status status;
} tl_buffer;

void tl_buffer_init(tl_buffer *buffer, size_t limit);
void tl_buffer_free(tl_buffer *buffer);
/** Empties the buffer and its failure; the memory stays. */
void tl_buffer_clear(tl_buffer *buffer);
/** Room for `length` bytes at the end, whose content the caller writes; NULL on failure. */
uint8_t *tl_buffer_extend(tl_buffer *buffer, size_t length);
void tl_buffer_add(tl_buffer *buffer, const void *bytes, size_t length);
/** Adds a string that ends with a zero byte, without that byte. */
void tl_buffer_add_text(tl_buffer *buffer, const char *text);
void tl_buffer_add_u16(tl_buffer *buffer, uint16_t value);
void tl_buffer_add_u32(tl_buffer *buffer, uint32_t value);
void tl_buffer_add_u64(tl_buffer *buffer, uint64_t value);

#ifdef __cplusplus
}
#endif

#endif
