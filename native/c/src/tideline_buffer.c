#include "tideline_buffer.h"

#include <stdlib.h>
#include <string.h>

#include "tideline_bytes.h"

void tl_buffer_init(tl_buffer *buffer, size_t limit) {
  memset(buffer, 0, sizeof *buffer);
  buffer->limit = limit;
}

void tl_buffer_free(tl_buffer *buffer) {
  free(buffer->bytes);
  tl_buffer_init(buffer, buffer->limit);
}

void tl_buffer_clear(tl_buffer *buffer) {
  buffer->length = 0;
  buffer->status = TL_OK;
}

uint8_t *tl_buffer_extend(tl_buffer *buffer, size_t length) {
  if (buffer->status != TL_OK) return NULL;
  if (length > buffer->limit - buffer->length) {
    buffer->status = TL_OUT_OF_MEMORY;
    return NULL;
  }
  size_t needed = buffer->length + length;
  if (needed > buffer->capacity || buffer->bytes == NULL) {
    size_t capacity = buffer->capacity < 64 ? 64 : buffer->capacity;
    while (capacity < needed) capacity = capacity > buffer->limit / 2 ? needed : capacity * 2;
    uint8_t *bytes = realloc(buffer->bytes, capacity);
    if (bytes == NULL) {
      buffer->status = TL_OUT_OF_MEMORY;
      return NULL;
    }
    buffer->bytes = bytes;
    buffer->capacity = capacity;
  }
  uint8_t *room = buffer->bytes + buffer->length;
  buffer->length = needed;
  return room;
}

void tl_buffer_add(tl_buffer *buffer, const void *bytes, size_t length) {
  uint8_t *room = tl_buffer_extend(buffer, length);
  if (room != NULL && length > 0) memcpy(room, bytes, length);
}

void tl_buffer_add_text(tl_buffer *buffer, const char *text) { tl_buffer_add(buffer, text, strlen(text)); }

void tl_buffer_add_u16(tl_buffer *buffer, uint16_t value) {
  uint8_t *room = tl_buffer_extend(buffer, 2);
  if (room != NULL) tl_write_u16(room, value);
}

void tl_buffer_add_u32(tl_buffer *buffer, uint32_t value) {
  uint8_t *room = tl_buffer_extend(buffer, 4);
  if (room != NULL) tl_write_u32(room, value);
}

void tl_buffer_add_u64(tl_buffer *buffer, uint64_t value) {
  uint8_t *room = tl_buffer_extend(buffer, 8);
  if (room != NULL) tl_write_u64(room, value);
}
