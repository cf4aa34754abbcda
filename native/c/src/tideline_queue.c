#include "tideline_queue.h"

#include <stdlib.h>
#include <string.h>

#include "queue_internal.h"
#include "tideline_crash_point.h"

static uint16_t purpose_index(tl_queue *queue, const char *purpose, size_t length) {
  for (uint16_t index = 0; index < queue->purpose_count; index += 1) {
    if (strlen(queue->purposes[index]) == length && memcmp(queue->purposes[index], purpose, length) == 0) return index;
  }
  if (queue->purpose_count == QUEUE_PURPOSES || memchr(purpose, '\0', length) != NULL) return QUEUE_PURPOSES;
  memcpy(queue->purposes[queue->purpose_count], purpose, length);
  queue->purpose_count = (uint16_t)(queue->purpose_count + 1);
  return (uint16_t)(queue->purpose_count - 1);
}

static tl_status make_room(tl_queue *queue, size_t more) {
  if (queue->capacity - queue->count >= more) return TL_OK;
  size_t capacity = queue->capacity == 0 ? 64 : queue->capacity;
  while (capacity - queue->count < more) {
    if (capacity > SIZE_MAX / 2 / sizeof *queue->list) return TL_OUT_OF_MEMORY;
    capacity *= 2;
  }
  queue_event *list = realloc(queue->list, capacity * sizeof *list);
  if (list == NULL) return TL_OUT_OF_MEMORY;
  queue->list = list;
  queue->capacity = capacity;
  return TL_OK;
}

/** Adds a record to the list, which has room. */
static void wait_for(tl_queue *queue, tl_segment *segment, const tl_record *record, uint64_t offset) {
  queue_event *event = &queue->list[queue->count];
  memset(event, 0, sizeof *event);
  event->segment = segment;
  event->seq = record->seq;
  /* A lost state has lost the age that its records speak of. */
  event->recorded = record->recorded < queue->ledger.lived ? record->recorded : queue->ledger.lived;
  event->offset = (uint32_t)offset;
  event->length = (uint32_t)record->length;
  event->purpose = purpose_index(queue, record->purpose, record->purpose_length);
  event->has_field_purposes = queue_has_field_purposes(record);
  queue->count += 1;
  queue->pending_bytes += record->length;
  segment->waiting += 1;
}

/** Removes files of which nothing waits. */
static tl_status remove_settled(tl_queue *queue) {
  tl_segment *next;
  for (tl_segment *segment = queue->journal.first; segment != NULL; segment = next) {
    next = segment->next;
    if (segment->waiting > 0) continue;
    tl_status status = tl_journal_remove(&queue->journal, segment);
    if (status != TL_OK) return status;
  }
  return TL_OK;
}

/** The age is written down when it has grown by this many milliseconds: a crash makes nothing older. */
#define AGE_STEP UINT64_C(3600000)

static void look_at_clock(tl_queue *queue) {
  const tl_ports *ports = queue->folder->ports;
  tl_ledger_pass(&queue->ledger, ports->clock(ports->context));
}

static tl_status drop_gone(tl_queue *queue, tl_drop reason) {
  tl_status status = queue_settle_gone(queue, reason, 0);
  return status == TL_OK ? remove_settled(queue) : status;
}

/** Drops the oldest events beyond the bounds of bytes and age. */
static tl_status enforce_bounds(tl_queue *queue) {
  tl_status status = TL_OK;
  look_at_clock(queue);
  uint64_t lived = queue->ledger.lived;
  if (lived - queue->lived_written >= AGE_STEP) {
    status = tl_ledger_write(queue->folder, &queue->ledger);
    if (status != TL_OK) return status;
    queue->lived_written = lived;
  }
  uint64_t age = (uint64_t)queue->limits.pending_age_ms;
  if (queue->count > 0 && queue->list[0].recorded + age < lived) {
    for (size_t index = 0; index < queue->count; index += 1) queue->list[index].gone = queue->list[index].recorded + age < lived;
    status = drop_gone(queue, TL_DROP_AGE);
  }
  if (status != TL_OK || queue->pending_bytes <= queue->limits.pending_bytes) return status;
  /* A full queue is cut to nine tenths, so that not every further event costs a write of the state. */
  uint64_t room = queue->limits.pending_bytes / 10 * 9;
  uint64_t bytes = queue->pending_bytes;
  for (size_t index = 0; index < queue->count; index += 1) {
    queue_event *event = &queue->list[index];
    event->gone = bytes > room;
    if (event->gone) bytes -= event->length;
  }
  return drop_gone(queue, TL_DROP_SPACE);
}

/** What finding waiting events needs. */
typedef struct discovery {
  tl_queue *queue;
  tl_segment *segment;
} discovery;

static tl_status discover(void *context, const tl_record *record, uint64_t offset) {
  discovery *d = context;
  tl_queue *queue = d->queue;
  if (d->segment->settled == queue->own && record->seq >= queue->next_seq) queue->next_seq = record->seq + 1;
  if (tl_is_settled(d->segment->settled, record->seq)) return TL_OK;
  tl_status status = make_room(queue, 1);
  if (status == TL_OK) wait_for(queue, d->segment, record, offset);
  return status;
}

static tl_status load_journal(tl_queue *queue) {
  tl_status status = TL_OK;
  for (tl_segment *segment = queue->journal.first; status == TL_OK && segment != NULL; segment = segment->next) {
    segment->settled = tl_ledger_of(&queue->ledger, &segment->source);
    if (segment->settled == NULL) return TL_OUT_OF_MEMORY;
    discovery d = {queue, segment};
    if (segment->bytes > 0) status = tl_journal_records(&queue->journal, segment, discover, &d);
  }
  return status;
}

/** Forgets sources of which no file is left. */
static void forget_sources(tl_queue *queue) {
  tl_settled *next;
  for (tl_settled *source = queue->ledger.first; source != NULL; source = next) {
    next = source->next;
    bool alive = source == queue->own;
    for (const tl_segment *at = queue->journal.first; at != NULL; at = at->next) alive = alive || at->settled == source;
    if (!alive) tl_ledger_forget(&queue->ledger, source);
  }
}

/** Gives the sources of this start's install its proof; says by `*changed` whether some had another. */
static void prove_sources(tl_queue *queue, bool *changed) {
  const tl_identity *identity = &queue->identity;
  for (tl_settled *at = queue->ledger.first; at != NULL; at = at->next) {
    if (strcmp(at->source.install, identity->source.install) != 0 || strcmp(at->proof, identity->proof) == 0) continue;
    memcpy(at->proof, identity->proof, sizeof at->proof);
    *changed = true;
  }
}

static tl_status open_parts(tl_queue *queue, const tl_owner *owner, const tl_consent *consent) {
  bool found;
  tl_status status = tl_journal_open(&queue->journal, queue->folder, queue->limits.segment_bytes);
  if (status == TL_OK) status = tl_ledger_read(queue->folder, &queue->ledger, &found);
  if (status == TL_OK) {
    bool damaged = !found || queue->journal.damaged;
    status = tl_identity_open(queue->folder, owner, damaged, &queue->identity);
  }
  if (status != TL_OK) return status;
  queue->own = tl_ledger_of(&queue->ledger, &queue->identity.source);
  if (queue->own == NULL) return TL_OUT_OF_MEMORY;
  bool changed = !found;
  prove_sources(queue, &changed);
  queue->lived_written = queue->ledger.lived;
  look_at_clock(queue);
  if (changed) status = tl_ledger_write(queue->folder, &queue->ledger);
  queue->next_seq = tl_highest_settled(queue->own) + 1;
  if (status == TL_OK) status = load_journal(queue);
  if (status == TL_OK) status = remove_settled(queue);
  if (status != TL_OK) return status;
  forget_sources(queue);
  status = tl_queue_purge(queue, consent);
  return status == TL_OK ? enforce_bounds(queue) : status;
}

tl_status tl_queue_open(tl_queue **result, tl_folder *folder, const tl_owner *owner, const tl_queue_limits *limits,
                        const tl_consent *consent) {
  *result = NULL;
  tl_queue *queue = calloc(1, sizeof *queue);
  if (queue == NULL) return TL_OUT_OF_MEMORY;
  queue->folder = folder;
  if (limits != NULL) queue->limits = *limits;
  if (queue->limits.segment_bytes == 0) queue->limits.segment_bytes = 256u * 1024u;
  if (queue->limits.pending_bytes == 0) queue->limits.pending_bytes = 32u * 1024u * 1024u;
  if (queue->limits.pending_age_ms == 0) queue->limits.pending_age_ms = INT64_C(30) * 86400000;
  if (queue->limits.segment_bytes > TL_RECORD_BYTES) queue->limits.segment_bytes = TL_RECORD_BYTES;
  tl_status status = open_parts(queue, owner, consent);
  if (status != TL_OK) {
    tl_queue_close(queue);
    return status;
  }
  *result = queue;
  return TL_OK;
}

void tl_queue_close(tl_queue *queue) {
  if (queue == NULL) return;
  tl_journal_close(&queue->journal);
  tl_ledger_free(&queue->ledger);
  free(queue->list);
  free(queue);
}

const tl_identity *tl_queue_identity(const tl_queue *queue) { return &queue->identity; }

tl_status tl_queue_record(tl_queue *queue, uint8_t *records, size_t length, uint64_t *first) {
  size_t count = 0;
  tl_record record;
  if (length > 2 * (size_t)TL_RECORD_BYTES) return TL_EVENT_TOO_LARGE;
  for (size_t at = 0; at < length; at += record.length) {
    if (!tl_record_read(records + at, length - at, &record)) return TL_ARGUMENT_INVALID;
    count += 1;
  }
  if (count == 0) return TL_ARGUMENT_INVALID;
  /* Memory first: once the events are durable nothing may fail. */
  tl_status status = make_room(queue, count);
  if (status != TL_OK) return status;
  look_at_clock(queue);
  for (size_t at = 0, k = 0; at < length; at += record.length, k += 1) {
    tl_record_read(records + at, length - at, &record);
    tl_record_number(records + at, record.length, queue->next_seq + k, queue->ledger.lived);
  }
  tl_crash_point(queue->folder->ports, TL_AT_APPEND_BEFORE);
  tl_segment *segment;
  uint64_t offset;
  status = tl_journal_append(&queue->journal, &queue->identity.source, records, length, &segment, &offset);
  if (status != TL_OK) return status;
  tl_crash_point(queue->folder->ports, TL_AT_APPEND_AFTER);
  *first = queue->next_seq;
  queue->next_seq += count;
  segment->settled = queue->own;
  for (size_t at = 0; at < length; at += record.length) {
    tl_record_read(records + at, length - at, &record);
    wait_for(queue, segment, &record, offset + at);
  }
  /* The events are durable: that older ones cannot be dropped now is no reason to refuse them. */
  tl_status bounds = enforce_bounds(queue);
  const tl_ports *ports = queue->folder->ports;
  if (bounds != TL_OK && ports->log != NULL) ports->log(ports->context, TL_ERROR, "queue", bounds, "old events could not be dropped");
  return TL_OK;
}

tl_status tl_queue_next(tl_queue *queue, size_t max_events, size_t max_bytes, tl_load *load, tl_buffer *records) {
  load->count = 0;
  tl_status status = enforce_bounds(queue);
  if (status != TL_OK || queue->count == 0) return status;
  const tl_settled *source = queue->list[0].segment->settled;
  if (max_events > TL_LOAD_EVENTS) max_events = TL_LOAD_EVENTS;
  load->source = source->source;
  memcpy(load->proof, source->proof, sizeof load->proof);
  size_t bytes = 0;
  for (size_t index = 0; index < queue->count && load->count < max_events; index += 1) {
    const queue_event *event = &queue->list[index];
    if (event->segment->settled != source) break;
    if (load->count > 0 && bytes + event->length > max_bytes) break;
    size_t start = records->length;
    status = tl_journal_read(&queue->journal, event->segment, event->offset, event->length, records);
    if (status != TL_OK) return status;
    tl_record record;
    if (!tl_record_read(records->bytes + start, event->length, &record) || record.seq != event->seq) {
      return tl_refuse(queue->folder->fault, TL_STORAGE_FAILED, event->segment->name, "expected a whole record: the file was changed from outside");
    }
    load->sequences[load->count++] = event->seq;
    bytes += event->length;
  }
  return TL_OK;
}

static bool in_load(const tl_load *load, const queue_event *event) {
  if (event->segment->source.epoch != load->source.epoch || strcmp(event->segment->source.install, load->source.install) != 0) {
    return false;
  }
  for (size_t index = 0; index < load->count; index += 1) {
    if (load->sequences[index] == event->seq) return true;
  }
  return false;
}

/** Marks the waiting events of a load that a set holds (all for NULL) as gone; returns how many. */
static size_t mark_load(tl_queue *queue, const tl_load *load, const tl_sequence_set *set) {
  size_t marked = 0;
  /* A load is the head of the list, less what was purged since: its events need not be looked for further on. */
  for (size_t index = 0, seen = 0; index < queue->count && seen < load->count; index += 1) {
    queue_event *event = &queue->list[index];
    if (!in_load(load, event)) continue;
    seen += 1;
    event->gone = set == NULL || tl_sequence_has(set, event->seq);
    marked += event->gone ? 1 : 0;
  }
  return marked;
}

tl_status tl_queue_acknowledge(tl_queue *queue, const tl_load *load, const tl_sequence_set *acknowledged,
                               uint64_t quarantined, size_t *settled) {
  *settled = mark_load(queue, load, acknowledged);
  if (*settled == 0) return TL_OK;
  tl_status status = queue_settle_gone(queue, QUEUE_ACKNOWLEDGED, quarantined);
  if (status != TL_OK) {
    *settled = 0;
    return status;
  }
  tl_crash_point(queue->folder->ports, TL_AT_ACKNOWLEDGE_AFTER);
  return remove_settled(queue);
}

tl_status tl_queue_drop(tl_queue *queue, const tl_load *load) {
  if (mark_load(queue, load, NULL) == 0) return TL_OK;
  return drop_gone(queue, TL_DROP_REFUSED);
}

void tl_queue_count(const tl_queue *queue, tl_queue_counts *counts) {
  counts->acknowledged = queue->ledger.past_acknowledged;
  counts->dropped = queue->ledger.past_dropped;
  for (const tl_settled *at = queue->ledger.first; at != NULL; at = at->next) {
    counts->acknowledged += tl_sequence_count(&at->acknowledged);
    counts->dropped += tl_sequence_count(&at->dropped);
  }
  counts->pending = queue->count;
  memcpy(counts->drops, queue->ledger.drops, sizeof counts->drops);
  counts->recorded = counts->acknowledged + counts->dropped + counts->pending;
  counts->quarantined = queue->ledger.quarantined;
  counts->torn_bytes = queue->journal.torn_bytes;
}
