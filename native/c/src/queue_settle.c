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

/** Adds the events of a source that are gone to a set; says by `*any` whether there are some. */
static tl_status add_gone(const tl_queue *queue, const tl_settled *source, tl_sequence_set *set, bool *any) {
  for (size_t index = 0; index < queue->count; index += 1) {
    const queue_event *event = &queue->list[index];
    if (!event->gone || event->segment->settled != source) continue;
    *any = true;
    tl_status status = tl_sequence_add(set, (tl_range){event->seq, event->seq});
    if (status != TL_OK) return status;
  }
  return TL_OK;
}

/** Settles the events of one source that are gone; where that cannot be made durable, memory stays as the file is. */
static tl_status settle_source(tl_queue *queue, tl_settled *source, bool acknowledged) {
  tl_sequence_set *set = acknowledged ? &source->acknowledged : &source->dropped;
  tl_sequence_set old = *set;
  bool any = false;
  tl_status status = copy_set(set, &old);
  if (status == TL_OK) status = add_gone(queue, source, set, &any);
  if (status == TL_OK && any) status = tl_ledger_write(queue->folder, &queue->ledger);
  if (status != TL_OK) {
    tl_sequence_free(set);
    *set = old;
    return status;
  }
  tl_sequence_free(&old);
  for (size_t index = 0; any && index < queue->count; index += 1) {
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

tl_status queue_settle_gone(tl_queue *queue, bool acknowledged, uint64_t quarantined) {
  tl_status status = TL_OK;
  queue->ledger.quarantined += quarantined;
  for (tl_settled *source = queue->ledger.first; source != NULL && status == TL_OK; source = source->next) {
    status = settle_source(queue, source, acknowledged);
  }
  if (status != TL_OK) queue->ledger.quarantined -= quarantined;
  sweep(queue);
  return status;
}
