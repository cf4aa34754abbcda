#ifndef TIDELINE_QUEUE_H
#define TIDELINE_QUEUE_H

/**
 * @file
 * The durable queue between recording and the server, over the files of one folder. An event survives the loss of
 * power once its recording returned; it leaves the queue when the server acknowledged it, or counted as dropped. At all
 * times `recorded = acknowledged + pending + dropped`. Not safe for two threads at a time.
 *
 * Files: `journal-*.tlj` (tideline_journal.h), `queue.tls` (tideline_settled.h).
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tideline_consent.h"
#include "tideline_journal.h"
#include "tideline_settled.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Events of one batch at most: what a server takes. */
#define TL_LOAD_EVENTS 1000

/** Bounds of a queue; zeros stand for the defaults. */
typedef struct tl_queue_limits {
  /** Bytes of a journal file before the next one is begun: 256 KiB. */
  size_t segment_bytes;
  /** Bytes that may wait; the oldest events are dropped beyond it: 32 MiB. */
  uint64_t pending_bytes;
  /** Age beyond which waiting events are dropped, counted from their recording, in milliseconds: 30 days. */
  int64_t pending_age_ms;
} tl_queue_limits;

/** Counts over all time. */
typedef struct tl_queue_counts {
  uint64_t recorded;
  uint64_t acknowledged;
  uint64_t pending;
  uint64_t dropped;
  /** Why events were dropped; older ones are not told apart. */
  uint64_t drops[TL_DROP_REASONS];
  /** Among the acknowledged. */
  uint64_t quarantined;
  /** Of torn writes that were cut off at the start. */
  uint64_t torn_bytes;
} tl_queue_counts;

/** Events of one source to send together. */
typedef struct tl_load {
  tl_source source;
  /** Hash of the secret of the source's install; empty where it is not known. */
  char proof[TL_PROOF];
  uint64_t sequences[TL_LOAD_EVENTS];
  size_t count;
} tl_load;

typedef struct tl_queue tl_queue;

/**
 * Opens the queue of a folder: cuts torn ends, finds the identity, finishes interrupted erasures, drops what is beyond
 * the bounds and what `consent` does not grant. The folder outlives the queue.
 */
tl_status tl_queue_open(tl_queue **queue, tl_folder *folder, const tl_owner *owner, const tl_queue_limits *limits,
                        const tl_consent *consent);
void tl_queue_close(tl_queue *queue);

/** Who numbers new events. */
const tl_identity *tl_queue_identity(const tl_queue *queue);

/**
 * Makes records durable in one write and numbers them in their order; `records` holds whole ones of tl_record_add(), whose
 * numbers are filled in. `*first` is the first number.
 */
tl_status tl_queue_record(tl_queue *queue, uint8_t *records, size_t length, uint64_t *first);

/**
 * The oldest events that wait, all of one source, at least one; `load->count` is 0 when none waits. `records` receives them.
 */
tl_status tl_queue_next(tl_queue *queue, size_t max_events, size_t max_bytes, tl_load *load, tl_buffer *records);
/** Notes what the server took over of a load that was sent; `*settled` is how many events that settled. */
tl_status tl_queue_acknowledge(tl_queue *queue, const tl_load *load, const tl_sequence_set *acknowledged,
                               uint64_t quarantined, size_t *settled);
/** Gives events up; they leave the journal. */
tl_status tl_queue_drop(tl_queue *queue, const tl_load *load);
/**
 * Gives up every waiting event whose purpose is not granted and removes it from the journal; of the others it removes
 * the fields whose own purpose is not granted.
 */
tl_status tl_queue_purge(tl_queue *queue, const tl_consent *consent);
void tl_queue_count(const tl_queue *queue, tl_queue_counts *counts);

#ifdef __cplusplus
}
#endif

#endif
