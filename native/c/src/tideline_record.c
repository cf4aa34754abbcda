#include "tideline_record.h"

#include <string.h>

#include "tideline_bytes.h"
#include "tideline_text.h"

/** Bytes of a property's fixed part. */
#define PROPERTY_FIXED 16
/** In the purpose's length: the age follows the fixed part. */
#define HAS_AGE 0x8000u

static bool next_property(const uint8_t *table, size_t length, size_t *cursor, tl_record_property *property) {
  size_t left = length - *cursor;
  if (left < PROPERTY_FIXED) return false;
  const uint8_t *at = table + *cursor;
  uint64_t purpose = tl_read_u16(at);
  uint64_t before = tl_read_u32(at + 4);
  uint64_t after = tl_read_u32(at + 8);
  uint32_t samples = tl_read_u32(at + 12);
  if (tl_read_u16(at + 2) != 0 || purpose > TL_PURPOSE_LENGTH || samples % 4 != 0) return false;
  if ((samples == 0 && after != 0) || purpose + before + after > left - PROPERTY_FIXED) return false;
  property->purpose = (const char *)at + PROPERTY_FIXED;
  property->purpose_length = (size_t)purpose;
  property->before = property->purpose + purpose;
  property->before_length = (size_t)before;
  property->after = property->before + before;
  property->after_length = (size_t)after;
  property->attachment_length = samples;
  *cursor += PROPERTY_FIXED + (size_t)(purpose + before + after);
  return true;
}

bool tl_record_next(const tl_record *record, size_t *cursor, tl_record_property *property) {
  return *cursor < record->properties_length &&
         next_property(record->properties, record->properties_length, cursor, property);
}

bool tl_record_read(const uint8_t *bytes, size_t length, tl_record *record) {
  if (length < TL_RECORD_FRAMING + TL_RECORD_FIXED) return false;
  size_t size = tl_read_u32(bytes);
  if (size < TL_RECORD_FIXED || size > length - TL_RECORD_FRAMING || size > TL_RECORD_BYTES - TL_RECORD_FRAMING) return false;
  const uint8_t *payload = bytes + TL_RECORD_FRAMING;
  if (tl_crc32(0, payload, size) != tl_read_u32(bytes + 4)) return false;
  uint64_t time = tl_read_u64(payload + 8);
  bool has_age = (tl_read_u16(payload + 16) & HAS_AGE) != 0;
  size_t fixed = TL_RECORD_FIXED + (has_age ? TL_RECORD_AGE : 0);
  uint64_t purpose = tl_read_u16(payload + 16) & (HAS_AGE - 1);
  uint64_t head = tl_read_u32(payload + 20);
  record->seq = tl_read_u64(payload);
  if (record->seq > (uint64_t)TL_SAFE_INTEGER || time > (uint64_t)TL_SAFE_INTEGER) return false;
  if (size < fixed || purpose == 0 || purpose > TL_PURPOSE_LENGTH || purpose + head > size - fixed) return false;
  record->recorded = has_age ? tl_read_u64(payload + TL_RECORD_FIXED) : 0;
  if (record->recorded > (uint64_t)TL_SAFE_INTEGER) return false;
  record->payload = payload;
  record->time = (int64_t)time;
  record->purpose = (const char *)payload + fixed;
  record->purpose_length = (size_t)purpose;
  record->head = record->purpose + purpose;
  record->head_length = (size_t)head;
  record->properties = (const uint8_t *)record->head + head;
  record->property_count = tl_read_u16(payload + 18);
  record->length = TL_RECORD_FRAMING + size;
  size_t left = size - fixed - (size_t)(purpose + head);
  size_t cursor = 0;
  uint64_t samples = 0;
  for (uint32_t index = 0; index < record->property_count; index += 1) {
    tl_record_property property;
    if (!next_property(record->properties, left, &cursor, &property)) return false;
    samples += property.attachment_length;
  }
  record->properties_length = cursor;
  record->attachment = record->properties + cursor;
  record->attachment_length = left - cursor;
  return samples == record->attachment_length;
}

/** Writes length and checksum of the record that starts at `start` and ends where the buffer does. */
static void seal(tl_buffer *buffer, size_t start) {
  if (buffer->status != TL_OK) return;
  size_t size = buffer->length - start - TL_RECORD_FRAMING;
  if (size > TL_RECORD_BYTES - TL_RECORD_FRAMING) {
    buffer->status = TL_EVENT_TOO_LARGE;
    return;
  }
  uint8_t *at = buffer->bytes + start;
  tl_write_u32(at, (uint32_t)size);
  tl_write_u32(at + 4, tl_crc32(0, at + TL_RECORD_FRAMING, size));
}

void tl_record_number(uint8_t *bytes, size_t length, uint64_t seq, uint64_t recorded) {
  uint8_t *payload = bytes + TL_RECORD_FRAMING;
  tl_write_u64(payload, seq);
  if ((tl_read_u16(payload + 16) & HAS_AGE) != 0) tl_write_u64(payload + TL_RECORD_FIXED, recorded);
  tl_write_u32(bytes + 4, tl_crc32(0, bytes + TL_RECORD_FRAMING, length - TL_RECORD_FRAMING));
}

static void add_head(tl_buffer *buffer, const tl_record_head *head) {
  tl_buffer_add_text(buffer, "\"name\":");
  tl_json_add_string(buffer, head->type->name, strlen(head->type->name));
  tl_buffer_add_text(buffer, ",\"version\":");
  tl_json_add_integer(buffer, head->type->version);
  tl_buffer_add_text(buffer, ",\"time\":");
  tl_json_add_integer(buffer, head->time);
  tl_buffer_add_text(buffer, ",\"user\":");
  if (head->user == NULL) tl_buffer_add_text(buffer, "null");
  else tl_json_add_string(buffer, head->user, strlen(head->user));
  if (head->previous_user != NULL) {
    tl_buffer_add_text(buffer, ",\"previous_user\":");
    tl_json_add_string(buffer, head->previous_user, strlen(head->previous_user));
  }
  tl_buffer_add_text(buffer, ",\"consent\":[");
  for (size_t index = 0; index < head->consent_count; index += 1) {
    if (index > 0) tl_buffer_add(buffer, ",", 1);
    tl_json_add_string(buffer, head->consent[index], strlen(head->consent[index]));
  }
  tl_buffer_add(buffer, "]", 1);
}

static const tl_field *field_of(const tl_event_type *type, const char *name) {
  for (size_t index = 0; index < type->field_count; index += 1) {
    if (strcmp(type->fields[index].name, name) == 0) return &type->fields[index];
  }
  return NULL;
}

static bool consented(const tl_record_head *head, const char *purpose) {
  for (size_t index = 0; index < head->consent_count; index += 1) {
    if (strcmp(head->consent[index], purpose) == 0) return true;
  }
  return false;
}

static void add_value(tl_buffer *buffer, const tl_property *property) {
  switch (property->kind) {
    case TL_STRING: tl_json_add_string(buffer, property->as.string.text, property->as.string.length); return;
    case TL_INT:
    case TL_TIME: tl_json_add_integer(buffer, property->as.integer); return;
    case TL_FLOAT: tl_json_add_number(buffer, property->as.number); return;
    case TL_BOOLEAN: tl_buffer_add_text(buffer, property->as.boolean ? "true" : "false"); return;
    case TL_VECTOR:
      for (size_t index = 0; index < property->as.vector.count; index += 1) {
        tl_buffer_add(buffer, index == 0 ? "[" : ",", 1);
        tl_json_add_number(buffer, property->as.vector.values[index]);
      }
      tl_buffer_add_text(buffer, property->as.vector.count == 0 ? "[]" : "]");
      return;
    case TL_MEDIA:
      tl_buffer_add_text(buffer, "{\"sha256\":");
      tl_json_add_string(buffer, property->as.media.sha256, strlen(property->as.media.sha256));
      tl_buffer_add_text(buffer, ",\"bytes\":");
      tl_json_add_integer(buffer, property->as.media.bytes);
      tl_buffer_add_text(buffer, ",\"type\":");
      tl_json_add_string(buffer, property->as.media.type, strlen(property->as.media.type));
      tl_buffer_add(buffer, "}", 1);
      return;
    case TL_FRAME: tl_buffer_add_text(buffer, "{\"offset\":"); return;
  }
}

/** Adds a property's row; its samples go to `attachment`. */
static void add_property(tl_buffer *buffer, const tl_property *property, const tl_field *field, tl_buffer *attachment) {
  size_t start = buffer->length;
  size_t purpose = field->purpose == NULL ? 0 : strlen(field->purpose);
  if (tl_buffer_extend(buffer, PROPERTY_FIXED) == NULL) return;
  if (purpose > 0) tl_buffer_add(buffer, field->purpose, purpose);
  size_t before = buffer->length;
  tl_json_add_string(buffer, property->name, strlen(property->name));
  tl_buffer_add(buffer, ":", 1);
  add_value(buffer, property);
  size_t after = buffer->length;
  size_t samples = attachment->length;
  if (property->kind == TL_FRAME) {
    tl_frame_add(&property->as.frame, field->size, field->units, attachment, buffer);
    if (attachment->status != TL_OK && buffer->status == TL_OK) buffer->status = attachment->status;
  }
  if (buffer->status != TL_OK) return;
  uint8_t *row = buffer->bytes + start;
  tl_write_u16(row, (uint16_t)purpose);
  tl_write_u16(row + 2, 0);
  tl_write_u32(row + 4, (uint32_t)(after - before));
  tl_write_u32(row + 8, (uint32_t)(buffer->length - after));
  tl_write_u32(row + 12, (uint32_t)(attachment->length - samples));
}

tl_status tl_record_add(tl_buffer *buffer, const tl_record_head *head, const tl_property *properties, size_t count,
                        uint32_t *withheld) {
  size_t start = buffer->length;
  size_t purpose = strlen(head->type->purpose);
  if (purpose == 0 || purpose > TL_PURPOSE_LENGTH || count > UINT16_MAX) return TL_ARGUMENT_INVALID;
  if (head->time < 0 || head->time > TL_SAFE_INTEGER) return TL_TIME_INVALID;
  tl_buffer attachment;
  tl_buffer_init(&attachment, TL_RECORD_BYTES);
  tl_buffer_extend(buffer, TL_RECORD_FRAMING + TL_RECORD_FIXED + TL_RECORD_AGE);
  tl_buffer_add(buffer, head->type->purpose, purpose);
  size_t json = buffer->length;
  add_head(buffer, head);
  size_t head_length = buffer->length - json;
  uint16_t kept = 0;
  for (size_t index = 0; index < count; index += 1) {
    const tl_field *field = field_of(head->type, properties[index].name);
    if (field == NULL) {
      if (buffer->status == TL_OK) buffer->status = TL_FIELD_UNKNOWN;
      break;
    }
    if (field->purpose != NULL && !consented(head, field->purpose)) {
      *withheld += 1;
      continue;
    }
    add_property(buffer, &properties[index], field, &attachment);
    kept = (uint16_t)(kept + 1);
  }
  if (attachment.length > 0) tl_buffer_add(buffer, attachment.bytes, attachment.length);
  tl_buffer_free(&attachment);
  if (buffer->status == TL_OK) {
    uint8_t *payload = buffer->bytes + start + TL_RECORD_FRAMING;
    tl_write_u64(payload, 0);
    tl_write_u64(payload + 8, (uint64_t)head->time);
    tl_write_u16(payload + 16, (uint16_t)(purpose | HAS_AGE));
    tl_write_u16(payload + 18, kept);
    tl_write_u32(payload + 20, (uint32_t)head_length);
    tl_write_u64(payload + TL_RECORD_FIXED, 0);
  }
  seal(buffer, start);
  return buffer->status;
}

void tl_record_strip(tl_buffer *buffer, const tl_record *record,
                     bool (*granted)(const void *context, const char *purpose, size_t length), const void *context) {
  size_t start = buffer->length;
  tl_buffer_extend(buffer, TL_RECORD_FRAMING);
  tl_buffer_add(buffer, record->payload, (size_t)(record->properties - record->payload));
  uint16_t kept = 0;
  tl_record_property property;
  size_t cursor = 0;
  for (size_t row = 0; tl_record_next(record, &cursor, &property); row = cursor) {
    if (property.purpose_length > 0 && !granted(context, property.purpose, property.purpose_length)) continue;
    tl_buffer_add(buffer, record->properties + row, cursor - row);
    kept = (uint16_t)(kept + 1);
  }
  size_t samples = 0;
  for (cursor = 0; tl_record_next(record, &cursor, &property); samples += property.attachment_length) {
    if (property.purpose_length > 0 && !granted(context, property.purpose, property.purpose_length)) continue;
    tl_buffer_add(buffer, record->attachment + samples, property.attachment_length);
  }
  if (buffer->status == TL_OK) tl_write_u16(buffer->bytes + start + TL_RECORD_FRAMING + 18, kept);
  seal(buffer, start);
}

void tl_record_json(const tl_record *record, uint64_t offset, tl_buffer *json) {
  tl_buffer_add_text(json, "{\"seq\":");
  tl_json_add_integer(json, (int64_t)record->seq);
  tl_buffer_add(json, ",", 1);
  tl_buffer_add(json, record->head, record->head_length);
  tl_buffer_add_text(json, ",\"properties\":{");
  tl_record_property property;
  size_t cursor = 0;
  for (bool first = true; tl_record_next(record, &cursor, &property); first = false) {
    if (!first) tl_buffer_add(json, ",", 1);
    tl_buffer_add(json, property.before, property.before_length);
    if (property.attachment_length == 0) continue;
    tl_json_add_integer(json, (int64_t)offset);
    tl_buffer_add(json, property.after, property.after_length);
    offset += property.attachment_length;
  }
  tl_buffer_add_text(json, "}}");
}
