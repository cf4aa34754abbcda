#include "tideline_settled.h"

#include <stdlib.h>
#include <string.h>

#include "tideline_state.h"
#include "tideline_text.h"

#define NAME "queue.tls"

static void free_settled(tl_settled *settled) {
  tl_sequence_free(&settled->acknowledged);
  tl_sequence_free(&settled->dropped);
  free(settled);
}

void tl_ledger_free(tl_ledger *ledger) {
  while (ledger->first != NULL) {
    tl_settled *settled = ledger->first;
    ledger->first = settled->next;
    free_settled(settled);
  }
  memset(ledger, 0, sizeof *ledger);
}

tl_settled *tl_ledger_of(tl_ledger *ledger, const tl_source *source) {
  tl_settled **place = &ledger->first;
  for (; *place != NULL; place = &(*place)->next) {
    if ((*place)->source.epoch == source->epoch && strcmp((*place)->source.install, source->install) == 0) return *place;
  }
  *place = calloc(1, sizeof **place);
  if (*place != NULL) (*place)->source = *source;
  return *place;
}

void tl_ledger_forget(tl_ledger *ledger, tl_settled *settled) {
  tl_settled **place = &ledger->first;
  while (*place != settled) place = &(*place)->next;
  *place = settled->next;
  ledger->past_acknowledged += tl_sequence_count(&settled->acknowledged);
  ledger->past_dropped += tl_sequence_count(&settled->dropped);
  free_settled(settled);
}

/** What passes between two looks at the clock counts for this many milliseconds at most. */
#define LONGEST_LOOK UINT64_C(86400000)

void tl_ledger_pass(tl_ledger *ledger, int64_t now) {
  uint64_t clock = now < 1 ? 1 : (uint64_t)now;
  uint64_t passed = ledger->seen == 0 || clock < ledger->seen ? 0 : clock - ledger->seen;
  ledger->lived += passed < LONGEST_LOOK ? passed : LONGEST_LOOK;
  ledger->seen = clock;
}

bool tl_is_settled(const tl_settled *settled, uint64_t seq) {
  return tl_sequence_has(&settled->acknowledged, seq) || tl_sequence_has(&settled->dropped, seq);
}

uint64_t tl_highest_settled(const tl_settled *settled) {
  uint64_t acknowledged = tl_sequence_highest(&settled->acknowledged);
  uint64_t dropped = tl_sequence_highest(&settled->dropped);
  return acknowledged > dropped ? acknowledged : dropped;
}

static void write_set(tl_buffer *buffer, const tl_sequence_set *set) {
  tl_buffer_add_u32(buffer, (uint32_t)set->count);
  for (size_t index = 0; index < set->count; index += 1) {
    tl_buffer_add_u64(buffer, set->ranges[index].from);
    tl_buffer_add_u64(buffer, set->ranges[index].to);
  }
}

static tl_status read_set(tl_cursor *cursor, tl_sequence_set *set) {
  uint32_t count = tl_take_u32(cursor);
  tl_status status = TL_OK;
  for (uint32_t index = 0; cursor->ok && status == TL_OK && index < count; index += 1) {
    tl_range range;
    range.from = tl_take_u64(cursor);
    range.to = tl_take_u64(cursor);
    if (range.to > (uint64_t)TL_SAFE_INTEGER) cursor->ok = false;
    if (cursor->ok) status = tl_sequence_add(set, range);
  }
  return status;
}

/** Reads what stands behind the sources; a file of before ends there. */
static void read_rest(tl_cursor *cursor, tl_ledger *ledger) {
  if (!cursor->ok || cursor->at == cursor->end) return;
  for (tl_settled *at = ledger->first; at != NULL; at = at->next) {
    tl_take_text(cursor, at->proof, sizeof at->proof);
    if (!tl_proof_valid(at->proof)) cursor->ok = false;
  }
  ledger->lived = tl_take_u64(cursor);
  ledger->seen = tl_take_u64(cursor);
  if (ledger->lived > (uint64_t)TL_SAFE_INTEGER || ledger->seen > (uint64_t)TL_SAFE_INTEGER) cursor->ok = false;
  for (int reason = 0; reason < TL_DROP_REASONS; reason += 1) ledger->drops[reason] = tl_take_u64(cursor);
}

tl_status tl_ledger_parse(tl_ledger *ledger, const uint8_t *bytes, size_t length) {
  tl_cursor cursor = {bytes, bytes + length, true};
  tl_status status = TL_OK;
  memset(ledger, 0, sizeof *ledger);
  ledger->quarantined = tl_take_u64(&cursor);
  ledger->past_acknowledged = tl_take_u64(&cursor);
  ledger->past_dropped = tl_take_u64(&cursor);
  uint32_t sources = tl_take_u32(&cursor);
  for (uint32_t index = 0; cursor.ok && status == TL_OK && index < sources; index += 1) {
    tl_source source;
    tl_take_text(&cursor, source.install, sizeof source.install);
    source.epoch = tl_take_u64(&cursor);
    if (!cursor.ok) break;
    tl_settled *settled = tl_ledger_of(ledger, &source);
    if (settled == NULL) status = TL_OUT_OF_MEMORY;
    else status = read_set(&cursor, &settled->acknowledged);
    if (status == TL_OK) status = read_set(&cursor, &settled->dropped);
  }
  if (status == TL_OK) read_rest(&cursor, ledger);
  if (status == TL_OK && (!cursor.ok || cursor.at != cursor.end)) status = TL_DATA_MALFORMED;
  if (status != TL_OK) tl_ledger_free(ledger);
  return status;
}

tl_status tl_ledger_read(tl_folder *folder, tl_ledger *ledger, bool *found) {
  tl_buffer bytes;
  tl_cursor cursor;
  memset(ledger, 0, sizeof *ledger);
  tl_buffer_init(&bytes, TL_STATE_BYTES);
  tl_status status = tl_state_read(folder, NAME, &bytes, &cursor, found);
  if (status == TL_OK && *found) {
    status = tl_ledger_parse(ledger, cursor.at, (size_t)(cursor.end - cursor.at));
    *found = status == TL_OK;
    if (status != TL_OUT_OF_MEMORY) status = TL_OK;
  }
  tl_buffer_free(&bytes);
  return status;
}

tl_status tl_ledger_write(tl_folder *folder, const tl_ledger *ledger) {
  tl_buffer payload;
  uint32_t sources = 0;
  tl_buffer_init(&payload, TL_STATE_BYTES);
  for (const tl_settled *at = ledger->first; at != NULL; at = at->next) sources += 1;
  tl_buffer_add_u64(&payload, ledger->quarantined);
  tl_buffer_add_u64(&payload, ledger->past_acknowledged);
  tl_buffer_add_u64(&payload, ledger->past_dropped);
  tl_buffer_add_u32(&payload, sources);
  for (const tl_settled *at = ledger->first; at != NULL; at = at->next) {
    tl_buffer_add_counted(&payload, at->source.install);
    tl_buffer_add_u64(&payload, at->source.epoch);
    write_set(&payload, &at->acknowledged);
    write_set(&payload, &at->dropped);
  }
  for (const tl_settled *at = ledger->first; at != NULL; at = at->next) tl_buffer_add_counted(&payload, at->proof);
  tl_buffer_add_u64(&payload, ledger->lived);
  tl_buffer_add_u64(&payload, ledger->seen);
  for (int reason = 0; reason < TL_DROP_REASONS; reason += 1) tl_buffer_add_u64(&payload, ledger->drops[reason]);
  tl_status status = tl_state_write(folder, NAME, &payload);
  tl_buffer_free(&payload);
  return status;
}
