#include "tideline_journal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PREFIX "journal-"
#define SUFFIX ".tlj"

static const uint8_t HEADER[TL_JOURNAL_HEADER] = {'T', 'L', 'J', '1', 0, 0, 0, 0};

tl_status tl_journal_scan(const uint8_t *bytes, size_t length, size_t *valid, tl_each_record each, void *context) {
  *valid = 0;
  if (length < TL_JOURNAL_HEADER || memcmp(bytes, HEADER, TL_JOURNAL_HEADER) != 0) return TL_OK;
  *valid = TL_JOURNAL_HEADER;
  tl_record record;
  while (tl_record_read(bytes + *valid, length - *valid, &record)) {
    tl_status status = each == NULL ? TL_OK : each(context, &record, *valid);
    if (status != TL_OK) return status;
    *valid += record.length;
  }
  return TL_OK;
}

/** Reads digits up to `end`; false where there is something else or too much. */
static bool read_digits(const char *at, const char *end, uint64_t *value) {
  *value = 0;
  if (at == end || end - at > 16) return false;
  for (; at < end; at += 1) {
    if (*at < '0' || *at > '9') return false;
    *value = *value * 10 + (uint64_t)(*at - '0');
  }
  return true;
}

/** Reads the name of a journal file: `journal-<8 digits>-<32 hexadecimal digits>-<epoch>.tlj`. */
static bool parse_name(const char *name, tl_segment *segment) {
  size_t length = strlen(name);
  const size_t fixed = strlen(PREFIX) + 8 + 1 + 32 + 1;
  if (length <= fixed + strlen(SUFFIX) || length >= TL_FILE_NAME || strncmp(name, PREFIX, strlen(PREFIX)) != 0) return false;
  const char *index = name + strlen(PREFIX);
  const char *install = index + 9;
  const char *suffix = name + length - strlen(SUFFIX);
  uint64_t number;
  if (index[8] != '-' || install[32] != '-' || strcmp(suffix, SUFFIX) != 0) return false;
  if (!read_digits(index, index + 8, &number) || !read_digits(install + 33, suffix, &segment->source.epoch)) return false;
  if (strspn(install, "0123456789abcdef") != 32) return false;
  memcpy(segment->name, name, length + 1);
  memcpy(segment->source.install, install, 32);
  segment->source.install[32] = '\0';
  segment->index = (uint32_t)number;
  return true;
}

/** Takes a found file into the list, which is sorted by index. */
static tl_status take_name(void *context, const char *name) {
  tl_journal *journal = context;
  tl_segment *segment = calloc(1, sizeof *segment);
  if (segment == NULL) return TL_OUT_OF_MEMORY;
  if (!parse_name(name, segment)) {
    free(segment);
    return TL_OK;
  }
  tl_segment **place = &journal->first;
  while (*place != NULL && strcmp((*place)->name, segment->name) < 0) place = &(*place)->next;
  segment->next = *place;
  *place = segment;
  return TL_OK;
}

/** Reads a whole segment; one of a size that was never written reads as empty. */
static tl_status read_whole(tl_journal *journal, const tl_segment *segment, tl_buffer *bytes) {
  bool found;
  tl_status status = tl_file_read(journal->folder, segment->name, bytes, &found);
  if (status != TL_OUT_OF_MEMORY || bytes->status != TL_OUT_OF_MEMORY) return status;
  tl_buffer_clear(bytes);
  return TL_OK;
}

static tl_status cut_torn_end(tl_journal *journal, tl_segment *segment) {
  tl_buffer bytes;
  size_t valid = 0;
  tl_buffer_init(&bytes, TL_JOURNAL_BYTES);
  tl_status status = read_whole(journal, segment, &bytes);
  if (status == TL_OK) status = tl_journal_scan(bytes.bytes, bytes.length, &valid, NULL, NULL);
  size_t torn = bytes.length - valid;
  tl_buffer_free(&bytes);
  if (status != TL_OK) return status;
  segment->bytes = valid;
  if (torn == 0 && valid > 0) return TL_OK;
  journal->torn_bytes += torn;
  journal->damaged = journal->damaged || segment->next != NULL;
  return tl_file_cut(journal->folder, segment->name, valid);
}

tl_status tl_journal_open(tl_journal *journal, tl_folder *folder, size_t segment_bytes) {
  memset(journal, 0, sizeof *journal);
  journal->folder = folder;
  journal->segment_bytes = segment_bytes;
  tl_status status = tl_file_list(folder, PREFIX, take_name, journal);
  for (tl_segment *segment = journal->first; status == TL_OK && segment != NULL; segment = segment->next) {
    status = cut_torn_end(journal, segment);
    if (segment->index > journal->last_index) journal->last_index = segment->index;
  }
  return status;
}

void tl_journal_close(tl_journal *journal) {
  while (journal->first != NULL) {
    tl_segment *segment = journal->first;
    journal->first = segment->next;
    free(segment);
  }
}

tl_status tl_journal_records(tl_journal *journal, const tl_segment *segment, tl_each_record each, void *context) {
  tl_buffer bytes;
  size_t valid;
  tl_buffer_init(&bytes, TL_JOURNAL_BYTES);
  tl_status status = read_whole(journal, segment, &bytes);
  if (status == TL_OK) status = tl_journal_scan(bytes.bytes, bytes.length, &valid, each, context);
  tl_buffer_free(&bytes);
  return status;
}

static bool same_source(const tl_source *left, const tl_source *right) {
  return left->epoch == right->epoch && strcmp(left->install, right->install) == 0;
}

/** Cuts a file back to what was durable before an append that failed; notes it where even that fails. */
static tl_status repair(tl_journal *journal, const char *name, uint64_t bytes) {
  tl_status status = bytes == 0 ? tl_file_remove(journal->folder, name) : tl_file_cut(journal->folder, name, bytes);
  journal->unrepaired_bytes = bytes;
  if (status == TL_OK) journal->unrepaired[0] = '\0';
  else if (journal->unrepaired != name) snprintf(journal->unrepaired, sizeof journal->unrepaired, "%s", name);
  return status;
}

static tl_segment *begin_segment(tl_journal *journal, const tl_source *source) {
  tl_segment *segment = calloc(1, sizeof *segment);
  if (segment == NULL || journal->last_index >= 99999999) {
    free(segment);
    return NULL;
  }
  journal->last_index += 1;
  segment->index = journal->last_index;
  segment->source = *source;
  snprintf(segment->name, sizeof segment->name, PREFIX "%08" PRIu32 "-%s-%" PRIu64 SUFFIX, segment->index, source->install,
           source->epoch);
  return segment;
}

tl_status tl_journal_append(tl_journal *journal, const tl_source *source, const uint8_t *records, size_t length,
                            tl_segment **result, uint64_t *offset) {
  if (journal->unrepaired[0] != '\0') {
    tl_status status = repair(journal, journal->unrepaired, journal->unrepaired_bytes);
    if (status != TL_OK) return status;
  }
  tl_segment *segment = journal->active;
  if (segment != NULL && segment->bytes < journal->segment_bytes && same_source(&segment->source, source)) {
    tl_status status = tl_file_write(journal->folder, segment->name, segment->bytes, records, length);
    if (status != TL_OK) {
      /* After a failed fsync nothing is known of the file's pages: what comes goes to another one. */
      journal->active = NULL;
      repair(journal, segment->name, segment->bytes);
      return status;
    }
    *offset = segment->bytes;
    *result = segment;
    segment->bytes += length;
    return TL_OK;
  }
  segment = begin_segment(journal, source);
  if (segment == NULL) return TL_OUT_OF_MEMORY;
  tl_buffer bytes;
  tl_buffer_init(&bytes, TL_JOURNAL_BYTES);
  tl_buffer_add(&bytes, HEADER, sizeof HEADER);
  tl_buffer_add(&bytes, records, length);
  tl_status status = bytes.status;
  if (status == TL_OK) status = tl_file_write(journal->folder, segment->name, 0, bytes.bytes, bytes.length);
  tl_buffer_free(&bytes);
  if (status != TL_OK) {
    repair(journal, segment->name, 0);
    free(segment);
    return status;
  }
  tl_segment **place = &journal->first;
  while (*place != NULL) place = &(*place)->next;
  *place = segment;
  segment->bytes = sizeof HEADER + length;
  journal->active = segment;
  *offset = sizeof HEADER;
  *result = segment;
  return TL_OK;
}

tl_status tl_journal_read(tl_journal *journal, const tl_segment *segment, uint64_t offset, size_t length, tl_buffer *bytes) {
  return tl_file_read_at(journal->folder, segment->name, offset, length, bytes);
}

tl_status tl_journal_rewrite(tl_journal *journal, tl_segment *segment, const uint8_t *records, size_t length) {
  tl_buffer bytes;
  tl_buffer_init(&bytes, TL_JOURNAL_BYTES);
  tl_buffer_add(&bytes, HEADER, sizeof HEADER);
  tl_buffer_add(&bytes, records, length);
  tl_status status = bytes.status;
  if (status == TL_OK) status = tl_file_replace(journal->folder, segment->name, bytes.bytes, bytes.length);
  if (status == TL_OK) segment->bytes = bytes.length;
  tl_buffer_free(&bytes);
  return status;
}

tl_status tl_journal_remove(tl_journal *journal, tl_segment *segment) {
  tl_status status = tl_file_remove(journal->folder, segment->name);
  if (status != TL_OK) return status;
  if (journal->active == segment) journal->active = NULL;
  tl_segment **place = &journal->first;
  while (*place != segment) place = &(*place)->next;
  *place = segment->next;
  free(segment);
  return TL_OK;
}
