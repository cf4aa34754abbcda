#ifndef TIDELINE_QUEUE_INTERNAL_H
#define TIDELINE_QUEUE_INTERNAL_H

/** @file The queue in memory. Internal to the queue's sources. */

#include "tideline_queue.h"

/** Distinct purposes that are told apart in memory; the index behind the last one stands for one that nobody grants. */
#define QUEUE_PURPOSES 255

/** An event that waits; its content stays in the journal. */
typedef struct queue_event {
  tl_segment *segment;
  uint64_t seq;
  /** Age of the queue when it was recorded. */
  uint64_t recorded;
  uint32_t offset;
  uint32_t length;
  uint16_t purpose;
  /** Some of its fields have a purpose of their own. */
  bool has_field_purposes;
  /** Is to leave the list. */
  bool gone;
  /** Its leaving is durable. */
  bool left;
} queue_event;

struct tl_queue {
  tl_folder *folder;
  tl_queue_limits limits;
  tl_journal journal;
  tl_ledger ledger;
  tl_identity identity;
  tl_settled *own;
  queue_event *list;
  size_t count;
  size_t capacity;
  uint64_t pending_bytes;
  uint64_t next_seq;
  /** The queue's age when the state was written for it. */
  uint64_t lived_written;
  char purposes[QUEUE_PURPOSES][TL_PURPOSE_LENGTH + 1];
  uint16_t purpose_count;
};

/** What becomes of events that leave: given up for a tl_drop, or acknowledged. */
#define QUEUE_ACKNOWLEDGED TL_DROP_REASONS

/**
 * Notes the events that are gone as acknowledged, or dropped for a reason, durably, and takes them off the list; where that
 * fails they go on waiting, and memory says what the file says.
 */
tl_status queue_settle_gone(tl_queue *queue, tl_drop fate, uint64_t quarantined);
/** Whether some fields of a record have a purpose of their own. */
bool queue_has_field_purposes(const tl_record *record);

#endif
