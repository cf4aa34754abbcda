#include "tideline_consent.h"

#include <string.h>

#include "tideline_state.h"
#include "tideline_text.h"

#define NAME "consent.tls"

bool tl_consent_has(const tl_consent *consent, const char *purpose, size_t length) {
  for (size_t index = 0; index < consent->count; index += 1) {
    const char *name = consent->names[index];
    if (strlen(name) == length && memcmp(name, purpose, length) == 0) return true;
  }
  return false;
}

bool tl_consent_grants(const void *consent, const char *purpose, size_t length) {
  return tl_consent_has(consent, purpose, length);
}

void tl_consent_copy(tl_consent *to, const tl_consent *from) {
  *to = *from;
  for (size_t index = 0; index < to->count; index += 1) to->granted[index] = to->names[index];
}

tl_status tl_consent_set(tl_consent *consent, const char *const *purposes, size_t count) {
  tl_consent next;
  memset(&next, 0, sizeof next);
  for (size_t index = 0; index < count; index += 1) {
    const char *name = purposes[index];
    size_t length = strlen(name);
    if (length == 0 || length > TL_PURPOSE_LENGTH || !tl_utf8_valid(name, length, NULL)) return TL_ARGUMENT_INVALID;
    if (tl_consent_has(&next, name, length)) continue;
    if (next.count == TL_PURPOSES) return TL_ARGUMENT_INVALID;
    size_t place = next.count;
    while (place > 0 && strcmp(next.names[place - 1], name) > 0) {
      memcpy(next.names[place], next.names[place - 1], sizeof next.names[place]);
      place -= 1;
    }
    memset(next.names[place], 0, sizeof next.names[place]);
    memcpy(next.names[place], name, length);
    next.count += 1;
  }
  tl_consent_copy(consent, &next);
  return TL_OK;
}

tl_status tl_consent_read(tl_folder *folder, tl_consent *consent) {
  tl_buffer bytes;
  tl_cursor cursor;
  bool found;
  char names[TL_PURPOSES][TL_PURPOSE_LENGTH + 1];
  const char *granted[TL_PURPOSES];
  tl_consent_set(consent, NULL, 0);
  tl_buffer_init(&bytes, TL_STATE_BYTES);
  tl_status status = tl_state_read(folder, NAME, &bytes, &cursor, &found);
  if (status == TL_OK && found) {
    size_t count = tl_take_u16(&cursor);
    if (count > TL_PURPOSES) cursor.ok = false;
    for (size_t index = 0; cursor.ok && index < count; index += 1) {
      tl_take_text(&cursor, names[index], sizeof names[index]);
      granted[index] = names[index];
    }
    /* What cannot be read grants nothing. */
    if (cursor.ok) tl_consent_set(consent, granted, count);
  }
  tl_buffer_free(&bytes);
  return status;
}

tl_status tl_consent_write(tl_folder *folder, const tl_consent *consent) {
  tl_buffer payload;
  tl_buffer_init(&payload, TL_STATE_BYTES);
  tl_buffer_add_u16(&payload, (uint16_t)consent->count);
  for (size_t index = 0; index < consent->count; index += 1) tl_buffer_add_counted(&payload, consent->names[index]);
  tl_status status = tl_state_write(folder, NAME, &payload);
  tl_buffer_free(&payload);
  return status;
}
