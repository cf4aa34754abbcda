#include <string.h>

#include "queue_internal.h"
#include "tideline_crash_point.h"

bool queue_has_field_purposes(const tl_record *record) {
  tl_record_property property;
  for (size_t cursor = 0; tl_record_next(record, &cursor, &property);) {
    if (property.purpose_length > 0) return true;
  }
  return false;
}

/** What an erasure needs while it walks a segment. */
typedef struct erasure {
  const tl_settled *settled;
  const tl_consent *consent;
  tl_buffer kept;
  bool changed;
} erasure;

static tl_status keep_record(void *context, const tl_record *record, uint64_t offset) {
  erasure *e = context;
  (void)offset;
  if (tl_is_settled(e->settled, record->seq)) {
    e->changed = true;
    return TL_OK;
  }
  size_t before = e->kept.length;
  tl_record_strip(&e->kept, record, tl_consent_grants, e->consent);
  e->changed = e->changed || e->kept.length - before != record->length;
  return e->kept.status;
}

/** Notes where a record of a rewritten segment stands now. */
static void move_event(tl_queue *queue, const tl_segment *segment, const tl_record *record, uint64_t offset) {
  for (size_t index = 0; index < queue->count; index += 1) {
    queue_event *event = &queue->list[index];
    if (event->segment != segment || event->seq != record->seq) continue;
    queue->pending_bytes = queue->pending_bytes - event->length + record->length;
    event->offset = (uint32_t)offset;
    event->length = (uint32_t)record->length;
    event->has_field_purposes = queue_has_field_purposes(record);
    return;
  }
}

/** Rewrites a segment without the records that are settled and the fields that are not granted. */
static tl_status erase(tl_queue *queue, tl_segment *segment, const tl_consent *consent) {
  erasure e = {.settled = segment->settled, .consent = consent};
  tl_buffer_init(&e.kept, TL_JOURNAL_BYTES);
  tl_status status = tl_journal_records(&queue->journal, segment, keep_record, &e);
  if (status == TL_OK && e.changed && e.kept.length == 0) {
    status = tl_journal_remove(&queue->journal, segment);
  } else if (status == TL_OK && e.changed) {
    status = tl_journal_rewrite(&queue->journal, segment, e.kept.bytes, e.kept.length);
    tl_record record;
    for (size_t at = 0; status == TL_OK && tl_record_read(e.kept.bytes + at, e.kept.length - at, &record); at += record.length) {
      move_event(queue, segment, &record, TL_JOURNAL_HEADER + at);
    }
  }
  tl_buffer_free(&e.kept);
  return status;
}

tl_status tl_queue_purge(tl_queue *queue, const tl_consent *consent) {
  bool any = false;
  for (size_t index = 0; index < queue->count; index += 1) {
    queue_event *event = &queue->list[index];
    const char *purpose = event->purpose < QUEUE_PURPOSES ? queue->purposes[event->purpose] : NULL;
    event->gone = purpose == NULL || !tl_consent_has(consent, purpose, strlen(purpose));
    any = any || event->gone;
  }
  tl_status status = any ? queue_settle_gone(queue, TL_DROP_CONSENT, 0) : TL_OK;
  if (status != TL_OK) return status;
  tl_crash_point(queue->folder->ports, TL_AT_PURGE_AFTER);
  tl_segment *next;
  for (tl_segment *segment = queue->journal.first; status == TL_OK && segment != NULL; segment = next) {
    next = segment->next;
    bool affected = segment->settled->dropped.count > 0;
    for (size_t index = 0; index < queue->count && !affected; index += 1) {
      affected = queue->list[index].segment == segment && queue->list[index].has_field_purposes;
    }
    if (affected) status = erase(queue, segment, consent);
  }
  return status;
}
