#ifndef TIDELINE_RECORD_H
#define TIDELINE_RECORD_H

/**
 * @file
 * A record of the journal: one event, so written that it can be sent without parsing JSON, and that the fields of a
 * withdrawn purpose can be cut out of it.
 *
 * All numbers are little-endian; `u64` and the like are unsigned.
 *
 * | bytes | what |
 * |---|---|
 * | u32 | length of the payload |
 * | u32 | CRC-32 of the payload |
 * | | the payload: |
 * | u64 | sequence number |
 * | u64 | time, milliseconds since 1970 |
 * | u16 | length P of the purpose; 32768 more where the age follows |
 * | u16 | number of properties |
 * | u32 | length H of the head |
 * | u64 | age of the queue when it was recorded, milliseconds; records of before have none |
 * | P | the event's purpose, UTF-8 |
 * | H | head: the members of the event's JSON but `seq` and `properties`, without braces |
 * | | for each property: |
 * | u16 | length of its own purpose, 0 for none |
 * | u16 | 0 |
 * | u32 | length B of the JSON before the offset |
 * | u32 | length A of the JSON behind it |
 * | u32 | bytes of samples, a multiple of 4; 0 for what is no frame, which has A = 0 |
 * | | purpose, B bytes, A bytes |
 * | rest | samples of all frames, in the order of the properties |
 *
 * A frame's JSON is `B`, the offset of its samples in the batch's attachment, `A`; any other property's is `B`.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tideline_buffer.h"
#include "tideline_event.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Bytes before a record's payload, and of the payload's fixed part. */
#define TL_RECORD_FRAMING 8
#define TL_RECORD_FIXED 24
#define TL_RECORD_AGE 8
/** Largest record: what is longer is damage, and nothing is ever allocated for it. */
#define TL_RECORD_BYTES (16u * 1024u * 1024u)
/** Longest name of a purpose. */
#define TL_PURPOSE_LENGTH 63

/** A record inside bytes that the caller keeps. */
typedef struct tl_record {
  uint64_t seq;
  int64_t time;
  /** Age of the queue when it was recorded; 0 in records of before. */
  uint64_t recorded;
  /** Where its payload starts. */
  const uint8_t *payload;
  const char *purpose;
  size_t purpose_length;
  const char *head;
  size_t head_length;
  /** The table of properties, already checked; see tl_record_next(). */
  const uint8_t *properties;
  size_t properties_length;
  uint32_t property_count;
  const uint8_t *attachment;
  size_t attachment_length;
  /** Bytes of the whole record, framing included. */
  size_t length;
} tl_record;

/** A property of a record. */
typedef struct tl_record_property {
  const char *purpose;
  size_t purpose_length;
  const char *before;
  size_t before_length;
  const char *after;
  size_t after_length;
  size_t attachment_length;
} tl_record_property;

/** Reads the record at the start of the bytes; false where they are torn, damaged or no record. */
bool tl_record_read(const uint8_t *bytes, size_t length, tl_record *record);

/** Reads the next property; start with `*cursor` 0. False behind the last one. */
bool tl_record_next(const tl_record *record, size_t *cursor, tl_record_property *property);

/** What stands in the head of a new record. */
typedef struct tl_record_head {
  const tl_event_type *type;
  int64_t time;
  /** The app's id of the person, or NULL. */
  const char *user;
  /** Another id by which the app knew the same person until now, or NULL. */
  const char *previous_user;
  /** Purposes that the person has consented to. */
  const char *const *consent;
  size_t consent_count;
} tl_record_head;

/**
 * Adds a record with sequence number 0 for a call that has been checked. Properties whose own purpose is not among
 * the consent are left out and counted in `withheld`.
 */
tl_status tl_record_add(tl_buffer *buffer, const tl_record_head *head, const tl_property *properties, size_t count,
                        uint32_t *withheld);

/**
 * Gives the record at the start of the bytes its sequence number and, where it has room for it, the queue's age, and its
 * checksum anew.
 */
void tl_record_number(uint8_t *bytes, size_t length, uint64_t seq, uint64_t recorded);

/** Adds the record without the properties whose own purpose `granted` denies. */
void tl_record_strip(tl_buffer *buffer, const tl_record *record,
                     bool (*granted)(const void *context, const char *purpose, size_t length), const void *context);

/** Adds the event as it travels; its samples start at `offset` of the attachment. */
void tl_record_json(const tl_record *record, uint64_t offset, tl_buffer *json);

#ifdef __cplusplus
}
#endif

#endif
