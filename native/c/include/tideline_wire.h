#ifndef TIDELINE_WIRE_H
#define TIDELINE_WIRE_H

/**
 * @file
 * Batches and acknowledgements (docs/wire.md).
 */

#include <stddef.h>
#include <stdint.h>

#include "tideline_buffer.h"
#include "tideline_identity.h"
#include "tideline_sequence.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Media type of a batch. */
#define TL_BATCH_TYPE "application/vnd.tideline.batch"
/** Name and version of this client, as batches state it. */
#define TL_SDK "tideline-c/0.1.0"
/** Bytes that an acknowledgement may have: 1,000 events with a quarantine entry each stay below 200 kB. */
#define TL_ANSWER_BYTES ((size_t)1 << 20)

/** What a batch states besides its events. */
typedef struct tl_batch_header {
  /** Name and version of the client; {@link TL_SDK}. */
  const char *sdk;
  tl_source source;
  /** The device's clock, milliseconds since 1970. */
  int64_t sent_at;
  /** SHA-256 of the install's secret in 64 lower-case hexadecimal digits, or NULL. */
  const char *proof;
  /** The region whose server alone may store it, or NULL. */
  const char *region;
} tl_batch_header;

/**
 * Adds the bytes of the batch that carries some records (tideline_record.h), one behind the other.
 * @return TL_OK, TL_ARGUMENT_INVALID where the bytes are no records, TL_OUT_OF_MEMORY
 */
tl_status tl_batch_add(tl_buffer *out, const tl_batch_header *header, const uint8_t *records, size_t length);

/** An event that the server took but that does not fit. */
typedef struct tl_quarantined {
  uint64_t seq;
  char code[32];
  char field[64];
} tl_quarantined;

/** A server's answer: it is responsible for what it acknowledges, quarantined events included. */
typedef struct tl_acknowledgement {
  tl_sequence_set acknowledged;
  uint64_t quarantined;
  uint64_t duplicates;
  /** The server's clock when the batch had come; 0 where it does not say. */
  uint64_t received_at;
} tl_acknowledgement;

/**
 * Reads an answer's body, which may be any bytes: a captive portal answers 200 with a page of its own.
 * @param each called for each quarantined event, with `context`; may be NULL
 * @return TL_OK, TL_DATA_MALFORMED, TL_OUT_OF_MEMORY; release with tl_acknowledgement_free() when TL_OK
 */
tl_status tl_acknowledgement_read(tl_acknowledgement *answer, const uint8_t *bytes, size_t length,
                                  void (*each)(void *context, const tl_quarantined *event), void *context);
void tl_acknowledgement_free(tl_acknowledgement *answer);

#ifdef __cplusplus
}
#endif

#endif
