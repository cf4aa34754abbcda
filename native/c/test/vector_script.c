#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tideline_bytes.h"
#include "vector_program.h"

/** Splits text at a character, in place; returns how many parts. */
static int split_at(char *text, char mark, char **parts, int room) {
  int count = 0;
  while (count < room) {
    parts[count++] = text;
    char *end = strchr(text, mark);
    if (end == NULL) break;
    *end = '\0';
    text = end + 1;
  }
  return count;
}

#define LIST 1200

/** What a script has said so far. */
typedef struct script {
  tl_definition *definition;
  const tl_event_type *type;
  /** Owns everything, as a shim's does. */
  tl_property_list *properties;
  tl_record_head head;
  const char *consent[TL_PURPOSES];
  uint64_t seq;
  tl_batch_header header;
  tl_buffer records;
  bool encodes;
} script;

/** What a script needs until its end, in a list. */
typedef struct kept {
  struct kept *next;
} kept;
static kept *all_kept;

static void *keep(size_t length) {
  kept *block = calloc(1, sizeof *block + length + 1);
  if (block == NULL) fail("no memory");
  block->next = all_kept;
  all_kept = block;
  return block + 1;
}

static void free_kept(void) {
  while (all_kept != NULL) {
    kept *next = all_kept->next;
    free(all_kept);
    all_kept = next;
  }
}

/** Bytes of hexadecimal digits, with a zero byte behind them. */
static char *from_hex(const char *hex, size_t *length) {
  *length = strlen(hex) / 2;
  char *bytes = keep(*length);
  for (size_t index = 0; index < *length; index += 1) {
    char pair[3] = {hex[2 * index], hex[2 * index + 1], '\0'};
    bytes[index] = (char)strtoul(pair, NULL, 16);
  }
  return bytes;
}

static const char *text_or_null(const char *hex) {
  size_t length;
  return strcmp(hex, "-") == 0 ? NULL : from_hex(hex, &length);
}

static double *doubles_of(char *text, size_t *count) {
  static char *parts[LIST];
  *count = 0;
  if (*text == '\0' || strcmp(text, "-") == 0) return NULL;
  *count = (size_t)split_at(text, ',', parts, LIST);
  double *values = keep(*count * sizeof *values);
  for (size_t index = 0; index < *count; index += 1) values[index] = strtod(parts[index], NULL);
  return values;
}

/** `frame NAME ENCODING RATE UNITS SCALE GAPS SAMPLES FLOAT32` */
static void take_frame(tl_property_list *list, char **p) {
  size_t count, length;
  tl_frame frame;
  memset(&frame, 0, sizeof frame);
  frame.encoding = strcmp(p[2], "int16") == 0 ? TL_INT16 : TL_FLOAT32;
  frame.rate = atof(p[3]);
  frame.state_units = atoi(p[4]) == 1;
  frame.scale = doubles_of(p[5], &count);
  double *gaps = doubles_of(p[6], &count);
  tl_gap *pairs = keep((count + 1) * sizeof *pairs);
  for (size_t index = 0; index + 1 < count; index += 2) {
    pairs[index / 2] = (tl_gap){(uint64_t)gaps[index], (uint64_t)gaps[index + 1]};
  }
  frame.gaps = pairs;
  frame.gap_count = count / 2;
  frame.samples = strtoul(p[7], NULL, 10);
  const char *bytes = from_hex(p[8], &length);
  float *values = keep(length);
  for (size_t index = 0; index < length / 4; index += 1) values[index] = tl_read_f32((const uint8_t *)bytes + 4 * index);
  frame.values = values;
  tl_property_list_add_frame(list, p[1], &frame, frame.samples == 0 ? 0 : (uint32_t)(length / 4 / frame.samples));
}

/** A property of the event: `KIND NAME VALUE...`. */
static void take_property(script *s, char **p) {
  size_t length;
  if (strcmp(p[0], "string") == 0) {
    const char *text = from_hex(p[2], &length);
    tl_property_list_add_text(s->properties, p[1], text, length);
  } else if (strcmp(p[0], "int") == 0 || strcmp(p[0], "time") == 0) {
    tl_property_list_add_integer(s->properties, p[1], p[0][0] == 'i' ? TL_INT : TL_TIME, strtoll(p[2], NULL, 10));
  } else if (strcmp(p[0], "float") == 0) {
    tl_property_list_add_number(s->properties, p[1], strtod(p[2], NULL));
  } else if (strcmp(p[0], "boolean") == 0) {
    tl_property_list_add_flag(s->properties, p[1], strcmp(p[2], "true") == 0);
  } else if (strcmp(p[0], "vector") == 0) {
    const double *values = doubles_of(p[2], &length);
    tl_property_list_add_vector(s->properties, p[1], values, length);
  } else if (strcmp(p[0], "frame") == 0) {
    take_frame(s->properties, p);
  } else {
    fail(p[0]);
  }
}

/** Checks the event, tells of it, and adds it to the batch. */
static void end_event(script *s) {
  tl_fault fault = {0};
  uint32_t withheld = 0;
  const tl_property *items = tl_property_list_items(s->properties);
  size_t count = tl_property_list_count(s->properties);
  if (tl_property_list_status(s->properties) != TL_OK) fail("properties");
  tl_status status = tl_event_check(s->type, items, count, &fault);
  refused(status, &fault);
  if (!s->encodes) return;
  size_t start = s->records.length;
  if (tl_record_add(&s->records, &s->head, items, count, &withheld) != TL_OK) fail("record");
  tl_record_number(s->records.bytes + start, s->records.length - start, s->seq, 0);
}

/** `app FILE`, `type NAME`, `event SEQ TIME USER CONSENT PREVIOUS`, `header SDK INSTALL EPOCH SENT_AT PROOF`, `end` */
static void take_line(script *s, char *line) {
  char *p[16];
  line[strcspn(line, "\n")] = '\0';
  split_at(line, '\t', p, 16);
  if (strcmp(p[0], "app") == 0) {
    tl_fault fault;
    size_t length;
    uint8_t *json = read_file(p[1], &length);
    if (tl_definition_read(&s->definition, json, length, &fault) != TL_OK) fail(fault.reason);
    free(json);
  } else if (strcmp(p[0], "type") == 0) {
    s->type = tl_app_event(tl_definition_app(s->definition), p[1]);
    if (s->type == NULL) fail(p[1]);
  } else if (strcmp(p[0], "event") == 0) {
    static char *names[TL_PURPOSES];
    s->seq = strtoull(p[1], NULL, 10);
    int count = *p[4] == '\0' ? 0 : split_at(p[4], ',', names, TL_PURPOSES);
    for (int index = 0; index < count; index += 1) s->consent[index] = names[index];
    s->head = (tl_record_head){s->type, strtoll(p[2], NULL, 10), text_or_null(p[3]), text_or_null(p[5]), s->consent, (size_t)count};
    tl_property_list_free(s->properties);
    s->properties = tl_property_list_new();
    if (s->properties == NULL) fail("no memory");
  } else if (strcmp(p[0], "header") == 0) {
    s->header.sdk = p[1];
    snprintf(s->header.source.install, sizeof s->header.source.install, "%s", p[2]);
    s->header.source.epoch = strtoull(p[3], NULL, 10);
    s->header.sent_at = strtoll(p[4], NULL, 10);
    s->header.proof = strcmp(p[5], "-") == 0 ? NULL : p[5];
  } else if (strcmp(p[0], "end") == 0) {
    end_event(s);
  } else {
    take_property(s, p);
  }
}

/** `script FILE [OUT]`: checks the events of a script and tells of each; writes the batch that they make. */
int command_script(int count, char **args) {
  static script s;
  size_t length;
  char *text = (char *)read_file(args[0], &length);
  text = realloc(text, length + 1);
  if (text == NULL) fail("no memory");
  text[length] = '\0';
  s.encodes = count > 1;
  tl_buffer_init(&s.records, (size_t)64 << 20);
  for (char *line = text; *line != '\0';) {
    char *end = strchr(line, '\n');
    char *next = end == NULL ? line + strlen(line) : end + 1;
    take_line(&s, line);
    line = next;
  }
  if (s.encodes) {
    tl_buffer out;
    tl_buffer_init(&out, (size_t)64 << 20);
    if (tl_batch_add(&out, &s.header, s.records.bytes, s.records.length) != TL_OK) fail("batch");
    write_file(args[1], out.bytes, out.length);
    tl_buffer_free(&out);
  }
  tl_buffer_free(&s.records);
  tl_property_list_free(s.properties);
  tl_definition_free(s.definition);
  free(text);
  free_kept();
  return 0;
}
