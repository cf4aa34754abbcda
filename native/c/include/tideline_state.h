#ifndef TIDELINE_STATE_H
#define TIDELINE_STATE_H

/**
 * @file
 * Small files that are replaced whole: identity, consent, what is settled. Four bytes `TLS1`, length and CRC-32 of the
 * payload as little-endian u32, the payload. A file that is not whole counts as none: replacing is atomic, so that
 * damage means lost storage, and the caller treats it as such.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tideline_file.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Largest payload: 65,536 ranges of sequence numbers take 1 MiB. */
#define TL_STATE_BYTES (4u * 1024u * 1024u)

/** A place in bytes that are being read; `ok` turns false, for good, where they end too early. */
typedef struct tl_cursor {
  const uint8_t *at;
  const uint8_t *end;
  bool ok;
} tl_cursor;

uint16_t tl_take_u16(tl_cursor *cursor);
uint32_t tl_take_u32(tl_cursor *cursor);
uint64_t tl_take_u64(tl_cursor *cursor);
/** Reads a u16 length and so many bytes as text with a zero byte; fails where they need more than `room`. */
void tl_take_text(tl_cursor *cursor, char *text, size_t room);
/** Adds text as tl_take_text() reads it. */
void tl_buffer_add_counted(tl_buffer *buffer, const char *text);

/** Checks a state file's bytes; false where they are not whole. */
bool tl_state_parse(const uint8_t *bytes, size_t length, tl_cursor *payload);

/** Reads a state file into `bytes`, which `payload` then points into; `found` false where there is none or it is damaged. */
tl_status tl_state_read(tl_folder *folder, const char *name, tl_buffer *bytes, tl_cursor *payload, bool *found);
/** Replaces a state file. */
tl_status tl_state_write(tl_folder *folder, const char *name, const tl_buffer *payload);

#ifdef __cplusplus
}
#endif

#endif
