#ifndef TIDELINE_UPLOAD_H
#define TIDELINE_UPLOAD_H

/**
 * @file
 * The sending side of the queue, as steps, so that no lock is held while the network is waited for: ask for the next
 * step, send what it says, hand the answer in, ask again. What a status means stands in docs/wire.md, "Answer".
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tideline_ports.h"
#include "tideline_queue.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Bounds and paces of an upload; zeros stand for the defaults. */
typedef struct tl_upload_limits {
  /** Events of a batch: 500. */
  size_t batch_events;
  /** Journal bytes of a batch, before gzip: 512 KiB. */
  size_t batch_bytes;
  /** First pause after a failed request, each further one twice as long, and the longest: 500 ms and a minute. */
  uint32_t backoff_ms;
  uint32_t max_backoff_ms;
  /** Failed attempts in a row after which it ends for now: 5. */
  uint32_t attempts;
  /** For a request: 15 s. */
  uint32_t timeout_ms;
} tl_upload_limits;

/** What is to be done. */
typedef enum tl_step {
  /** Send the request and hand the answer to tl_upload_answer(). */
  TL_STEP_SEND = 1,
  /** Wait, then ask again. */
  TL_STEP_WAIT,
  /** Nothing waits any more. */
  TL_STEP_DONE,
  /** It ended before all was sent; `stopped` says why. */
  TL_STEP_STOPPED
} tl_step;

/** What became of an upload. */
typedef struct tl_flush_outcome {
  /** Events that the server took over. */
  uint64_t acknowledged;
  /** Events that still wait. */
  uint64_t pending;
  /** Those that this server already had, and those that it took but could not use. */
  uint64_t duplicates;
  uint64_t quarantined;
  uint32_t batches;
  uint32_t retries;
  /** TL_OK when nothing waits. */
  tl_status stopped;
} tl_flush_outcome;

/** Where and how batches are sent; strings live as long as the upload. */
typedef struct tl_upload_options {
  /** Base URL of the ingest server, without a slash at the end. */
  const char *collect;
  const char *write_key;
  const char *sdk;
  /** See tl_batch_header; NULL for none. */
  const char *region;
  tl_upload_limits limits;
} tl_upload_options;

/** An upload; all of it is internal. */
typedef struct tl_upload {
  tl_queue *queue;
  const tl_ports *ports;
  tl_upload_options options;
  tl_flush_outcome outcome;
  tl_load load;
  tl_buffer records;
  tl_buffer body;
  char url[512];
  char authorisation[288];
  size_t max_events;
  uint32_t failures;
  uint32_t refused;
  uint32_t wait_ms;
  bool in_flight;
  bool ended;
} tl_upload;

/** Sets an upload up; TL_ARGUMENT_INVALID where URL or key cannot stand in a request. */
tl_status tl_upload_open(tl_upload *upload, tl_queue *queue, const tl_ports *ports, const tl_upload_options *options);
void tl_upload_close(tl_upload *upload);
/** Begins anew: failures are forgotten, the outcome is empty. */
void tl_upload_begin(tl_upload *upload);
/** The next step; `request` is filled for TL_STEP_SEND and lives until the answer, `*wait_ms` for TL_STEP_WAIT. */
tl_step tl_upload_next(tl_upload *upload, tl_request *request, uint32_t *wait_ms);
/** Hands the answer of the request in flight in; NULL where none came. */
void tl_upload_answer(tl_upload *upload, const tl_response *response);
/** What became of it so far. */
tl_flush_outcome tl_upload_outcome(const tl_upload *upload);

#ifdef __cplusplus
}
#endif

#endif
