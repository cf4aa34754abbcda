#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "queue_internal.h"

static tl_status copy_set(tl_sequence_set *to, const tl_sequence_set *from) {
  memset(to, 0, sizeof *to);
  if (from->count == 0) return TL_OK;
  to->ranges = malloc(from->count * sizeof *to->ranges);
  if (to->ranges == NULL) return TL_OUT_OF_MEMORY;
  memcpy(to->ranges, from->ranges, from->count * sizeof *to->ranges);
  to->count = from->count;
  to->capacity = from->count;
  return TL_OK;
}

/** Adds the events of a source that are gone to a set; `*count` is how many. */
static tl_status add_gone(const tl_queue *queue, const tl_settled *source, tl_sequence_set *set, uint64_t *count) {
  for (size_t index = 0; index < queue->count; index += 1) {
    const queue_event *event = &queue->list[index];
    if (!event->gone || event->segment->settled != source) continue;
    *count += 1;
    tl_status status = tl_sequence_add(set, (tl_range){event->seq, event->seq});
    if (status != TL_OK) return status;
  }
  return TL_OK;
}

/** Settles the events of one source that are gone; where that cannot be made durable, memory stays as the file is. */
static tl_status settle_source(tl_queue *queue, tl_settled *source, tl_drop fate) {
  tl_sequence_set *set = fate == QUEUE_ACKNOWLEDGED ? &source->acknowledged : &source->dropped;
  tl_sequence_set old = *set;
  uint64_t count = 0;
  uint64_t *drops = fate == QUEUE_ACKNOWLEDGED ? NULL : &queue->ledger.drops[fate];
  tl_status status = copy_set(set, &old);
  if (status == TL_OK) status = add_gone(queue, source, set, &count);
  if (drops != NULL) *drops += count;
  if (status == TL_OK && count > 0) status = tl_ledger_write(queue->folder, &queue->ledger);
  if (status != TL_OK) {
    tl_sequence_free(set);
    *set = old;
    if (drops != NULL) *drops -= count;
    return status;
  }
  tl_sequence_free(&old);
  for (size_t index = 0; count > 0 && index < queue->count; index += 1) {
    queue_event *event = &queue->list[index];
    event->left = event->left || (event->gone && event->segment->settled == source);
  }
  return TL_OK;
}

/** Takes off the list what has left, and lets the rest go on waiting. */
static void sweep(tl_queue *queue) {
  size_t kept = 0;
  for (size_t index = 0; index < queue->count; index += 1) {
    queue_event event = queue->list[index];
    if (event.left) {
      queue->pending_bytes -= event.length;
      event.segment->waiting -= 1;
      continue;
    }
    event.gone = false;
    queue->list[kept++] = event;
  }
  queue->count = kept;
}

/** Says how many events were given up, and why. */
static void tell_drops(const tl_queue *queue, tl_drop reason, uint64_t count) {
  static const char *const NAMES[TL_DROP_REASONS] = {"age", "space", "refused", "consent"};
  const tl_ports *ports = queue->folder->ports;
  char message[64];
  if (count == 0 || ports->log == NULL) return;
  snprintf(message, sizeof message, "%llu events given up: %s", (unsigned long long)count, NAMES[reason]);
  ports->log(ports->context, TL_WARNING, "queue", TL_OK, message);
}

tl_status queue_settle_gone(tl_queue *queue, tl_drop fate, uint64_t quarantined) {
  tl_status status = TL_OK;
  uint64_t before = fate == QUEUE_ACKNOWLEDGED ? 0 : queue->ledger.drops[fate];
  queue->ledger.quarantined += quarantined;
  for (tl_settled *source = queue->ledger.first; source != NULL && status == TL_OK; source = source->next) {
    status = settle_source(queue, source, fate);
  }
  if (status != TL_OK) queue->ledger.quarantined -= quarantined;
  sweep(queue);
  if (fate != QUEUE_ACKNOWLEDGED) tell_drops(queue, fate, queue->ledger.drops[fate] - before);
  return status;
}
