#include "tideline_wire.h"

#include <string.h>

#include "tideline_bytes.h"
#include "tideline_json.h"
#include "tideline_record.h"
#include "tideline_text.h"

static void add_member(tl_buffer *json, const char *name, const char *text) {
  tl_buffer_add_text(json, name);
  tl_json_add_string(json, text, strlen(text));
}

tl_status tl_batch_add(tl_buffer *out, const tl_batch_header *header, const uint8_t *records, size_t length) {
  size_t start = out->length;
  tl_buffer_add(out, "TLB1\0\0\0\0", 8);
  tl_buffer_add_text(out, "{\"format\":1");
  add_member(out, ",\"sdk\":", header->sdk);
  add_member(out, ",\"install\":", header->source.install);
  tl_buffer_add_text(out, ",\"epoch\":");
  tl_json_add_integer(out, (int64_t)header->source.epoch);
  tl_buffer_add_text(out, ",\"sent_at\":");
  tl_json_add_integer(out, header->sent_at < 0 ? 0 : header->sent_at);
  if (header->proof != NULL) add_member(out, ",\"proof\":", header->proof);
  if (header->region != NULL) add_member(out, ",\"region\":", header->region);
  tl_buffer_add_text(out, ",\"events\":[");
  tl_record record;
  uint64_t offset = 0;
  for (size_t at = 0; at < length; at += record.length) {
    if (!tl_record_read(records + at, length - at, &record)) return TL_ARGUMENT_INVALID;
    if (at > 0) tl_buffer_add(out, ",", 1);
    tl_record_json(&record, offset, out);
    offset += record.attachment_length;
  }
  tl_buffer_add_text(out, "]}");
  /* Spaces, so that the attachment starts at a multiple of 4. */
  size_t json = out->length - start - 8;
  tl_buffer_add(out, "   ", (4 - json % 4) % 4);
  if (out->status != TL_OK) return out->status;
  tl_write_u32(out->bytes + start + 4, (uint32_t)(out->length - start - 8));
  for (size_t at = 0; at < length; at += record.length) {
    tl_record_read(records + at, length - at, &record);
    tl_buffer_add(out, record.attachment, record.attachment_length);
  }
  return out->status;
}

static tl_status read_ranges(tl_json *json, tl_sequence_set *set) {
  tl_status status = TL_OK;
  set->count = 0;
  if (!tl_json_enter(json, TL_JSON_ARRAY)) return TL_DATA_MALFORMED;
  while (status == TL_OK && tl_json_next(json)) {
    tl_range range = {0, 0};
    bool pair = tl_json_enter(json, TL_JSON_ARRAY) && tl_json_next(json) && tl_json_count(json, &range.from) &&
                tl_json_next(json) && tl_json_count(json, &range.to) && !tl_json_next(json);
    if (!pair || json->status != TL_OK || range.from > range.to) return TL_DATA_MALFORMED;
    status = tl_sequence_add(set, range);
  }
  return status;
}

static tl_status read_quarantined(tl_json *json, uint64_t *count, void (*each)(void *context, const tl_quarantined *event),
                                  void *context) {
  *count = 0;
  if (!tl_json_enter(json, TL_JSON_ARRAY)) return TL_DATA_MALFORMED;
  while (tl_json_next(json)) {
    tl_quarantined event;
    char key[16];
    memset(&event, 0, sizeof event);
    if (!tl_json_enter(json, TL_JSON_OBJECT)) return TL_DATA_MALFORMED;
    while (tl_json_next_key(json, key, sizeof key)) {
      if (strcmp(key, "seq") == 0) tl_json_count(json, &event.seq);
      else if (strcmp(key, "code") == 0) tl_json_string(json, event.code, sizeof event.code);
      else if (strcmp(key, "field") == 0) tl_json_string(json, event.field, sizeof event.field);
      else tl_json_skip(json);
    }
    if (json->status != TL_OK) return TL_DATA_MALFORMED;
    *count += 1;
    if (each != NULL) each(context, &event);
  }
  return TL_OK;
}

/** Reads a number that only informs; any other value reads as 0. */
static void read_note(tl_json *json, uint64_t *value) {
  double number = 0;
  if (tl_json_peek(json) != TL_JSON_NUMBER) tl_json_skip(json);
  else tl_json_number(json, &number);
  *value = number >= 1 && number <= (double)TL_SAFE_INTEGER ? (uint64_t)number : 0;
}

tl_status tl_acknowledgement_read(tl_acknowledgement *answer, const uint8_t *bytes, size_t length,
                                  void (*each)(void *context, const tl_quarantined *event), void *context) {
  tl_json json;
  char key[16];
  double format = 0;
  bool has_acknowledged = false;
  bool has_quarantined = false;
  tl_status status = TL_OK;
  memset(answer, 0, sizeof *answer);
  tl_json_init(&json, bytes, length);
  tl_json_enter(&json, TL_JSON_OBJECT);
  while (status == TL_OK && tl_json_next_key(&json, key, sizeof key)) {
    if (strcmp(key, "format") == 0) {
      tl_json_number(&json, &format);
    } else if (strcmp(key, "acknowledged") == 0) {
      has_acknowledged = true;
      status = read_ranges(&json, &answer->acknowledged);
    } else if (strcmp(key, "quarantined") == 0) {
      has_quarantined = true;
      status = read_quarantined(&json, &answer->quarantined, each, context);
    } else if (strcmp(key, "duplicates") == 0) {
      read_note(&json, &answer->duplicates);
    } else if (strcmp(key, "received_at") == 0) {
      read_note(&json, &answer->received_at);
    } else {
      tl_json_skip(&json);
    }
  }
  if (status == TL_OK && (!tl_json_end(&json) || format != 1 || !has_acknowledged || !has_quarantined)) status = TL_DATA_MALFORMED;
  if (status != TL_OK) tl_acknowledgement_free(answer);
  return status;
}

void tl_acknowledgement_free(tl_acknowledgement *answer) {
  tl_sequence_free(&answer->acknowledged);
  memset(answer, 0, sizeof *answer);
}
