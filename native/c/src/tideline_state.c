#include "tideline_state.h"

#include <string.h>

#include "tideline_bytes.h"

#define FRAMING 12

static const uint8_t *take(tl_cursor *cursor, size_t length) {
  if (!cursor->ok || (size_t)(cursor->end - cursor->at) < length) {
    cursor->ok = false;
    return NULL;
  }
  cursor->at += length;
  return cursor->at - length;
}

uint16_t tl_take_u16(tl_cursor *cursor) {
  const uint8_t *at = take(cursor, 2);
  return at == NULL ? 0 : tl_read_u16(at);
}

uint32_t tl_take_u32(tl_cursor *cursor) {
  const uint8_t *at = take(cursor, 4);
  return at == NULL ? 0 : tl_read_u32(at);
}

uint64_t tl_take_u64(tl_cursor *cursor) {
  const uint8_t *at = take(cursor, 8);
  return at == NULL ? 0 : tl_read_u64(at);
}

void tl_take_text(tl_cursor *cursor, char *text, size_t room) {
  size_t length = tl_take_u16(cursor);
  const uint8_t *at = take(cursor, length);
  text[0] = '\0';
  if (at == NULL || length >= room || memchr(at, '\0', length) != NULL) {
    cursor->ok = false;
    return;
  }
  memcpy(text, at, length);
  text[length] = '\0';
}

void tl_buffer_add_counted(tl_buffer *buffer, const char *text) {
  size_t length = strlen(text);
  if (length > UINT16_MAX) {
    if (buffer->status == TL_OK) buffer->status = TL_ARGUMENT_INVALID;
    return;
  }
  tl_buffer_add_u16(buffer, (uint16_t)length);
  tl_buffer_add(buffer, text, length);
}

bool tl_state_parse(const uint8_t *bytes, size_t length, tl_cursor *payload) {
  bool whole = length >= FRAMING && memcmp(bytes, "TLS1", 4) == 0 && tl_read_u32(bytes + 4) == length - FRAMING &&
               tl_read_u32(bytes + 8) == tl_crc32(0, bytes + FRAMING, length - FRAMING);
  if (whole) *payload = (tl_cursor){bytes + FRAMING, bytes + length, true};
  return whole;
}

tl_status tl_state_read(tl_folder *folder, const char *name, tl_buffer *bytes, tl_cursor *payload, bool *found) {
  tl_status status = tl_file_read(folder, name, bytes, found);
  if (status == TL_OUT_OF_MEMORY) {
    /* Longer than any that was ever written: damaged. */
    *found = false;
    return TL_OK;
  }
  if (status == TL_OK && *found) *found = tl_state_parse(bytes->bytes, bytes->length, payload);
  return status;
}

tl_status tl_state_write(tl_folder *folder, const char *name, const tl_buffer *payload) {
  if (payload->status != TL_OK) return payload->status;
  tl_buffer file;
  tl_buffer_init(&file, TL_STATE_BYTES + FRAMING);
  tl_buffer_add(&file, "TLS1", 4);
  tl_buffer_add_u32(&file, (uint32_t)payload->length);
  tl_buffer_add_u32(&file, tl_crc32(0, payload->bytes, payload->length));
  tl_buffer_add(&file, payload->bytes, payload->length);
  tl_status status = file.status;
  if (status == TL_OK) status = tl_file_replace(folder, name, file.bytes, file.length);
  tl_buffer_free(&file);
  return status;
}
