/* Bytes as a journal file, and as the queue's state: what lies on a phone's disk. Checksums are set right first. */
#include <stdlib.h>
#include <string.h>

#include "tideline_bytes.h"
#include "tideline_journal.h"
#include "tideline_settled.h"
#include "tideline_state.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool even(const void *context, const char *purpose, size_t length) {
  (void)context;
  return (purpose[0] + (int)length) % 2 == 0;
}

/** Writes the event, and cuts fields out of it: what comes out must be a record again. */
static tl_status use(void *context, const tl_record *record, uint64_t offset) {
  tl_buffer *out = context;
  tl_record again;
  (void)offset;
  tl_buffer_clear(out);
  tl_record_json(record, 40, out);
  tl_buffer_clear(out);
  tl_record_strip(out, record, even, NULL);
  if (out->status == TL_OK) {
    if (!tl_record_read(out->bytes, out->length, &again) || again.length != out->length || again.seq != record->seq) abort();
    tl_record_number(out->bytes, out->length, 7, 9);
    if (!tl_record_read(out->bytes, out->length, &again) || again.seq != 7) abort();
  }
  return TL_OK;
}

static void try_journal(uint8_t *bytes, size_t size, tl_buffer *out) {
  size_t valid;
  tl_journal_scan(bytes, size, &valid, use, out);
  if (valid > size) abort();
  if (size < TL_JOURNAL_HEADER) return;
  memcpy(bytes, "TLJ1\0\0\0\0", TL_JOURNAL_HEADER);
  for (size_t at = TL_JOURNAL_HEADER; size - at >= TL_RECORD_FRAMING + TL_RECORD_FIXED;) {
    size_t length = tl_read_u32(bytes + at) % (size - at - TL_RECORD_FRAMING) + 1;
    tl_write_u32(bytes + at, (uint32_t)length);
    tl_write_u32(bytes + at + 4, tl_crc32(0, bytes + at + TL_RECORD_FRAMING, length));
    at += TL_RECORD_FRAMING + length;
  }
  tl_journal_scan(bytes, size, &valid, use, out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  tl_buffer out;
  tl_ledger ledger;
  tl_cursor payload;
  uint8_t *bytes = malloc(size > 0 ? size : 1);
  if (bytes == NULL) return 0;
  if (size > 0) memcpy(bytes, data, size);
  tl_buffer_init(&out, (size_t)1 << 22);
  if (tl_ledger_parse(&ledger, bytes, size) == TL_OK) tl_ledger_free(&ledger);
  tl_state_parse(bytes, size, &payload);
  try_journal(bytes, size, &out);
  tl_buffer_free(&out);
  free(bytes);
  return 0;
}
