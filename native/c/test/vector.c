/*
 * Lets the tests hold the core against vectors: `vector COMMAND ARGUMENT...`. Prints what it found as JSON, or the code of
 * the refusal; binary numbers go through files, little-endian float32 or float64.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tideline.h"
#include "tideline_bytes.h"

static void fail(const char *what) {
  fprintf(stderr, "vector: %s\n", what);
  exit(2);
}

/** A whole file, in exactly as much memory as it has bytes, so that a sanitizer sees a read beyond its end. */
static uint8_t *read_file(const char *path, size_t *length) {
  FILE *file = fopen(path, "rb");
  if (file == NULL) fail(path);
  fseek(file, 0, SEEK_END);
  *length = (size_t)ftell(file);
  rewind(file);
  uint8_t *bytes = malloc(*length > 0 ? *length : 1);
  if (bytes == NULL || fread(bytes, 1, *length, file) != *length) fail(path);
  fclose(file);
  return bytes;
}

static void write_file(const char *path, const void *bytes, size_t length) {
  FILE *file = fopen(path, "wb");
  if (file == NULL || fwrite(bytes, 1, length, file) != length || fclose(file) != 0) fail(path);
}

static void print_text(const char *text) {
  tl_buffer json;
  tl_buffer_init(&json, 1 << 20);
  tl_json_add_string(&json, text, strlen(text));
  fwrite(json.bytes, 1, json.length, stdout);
  tl_buffer_free(&json);
}

static int refused(tl_status status, const tl_fault *fault) {
  printf("{\"code\":\"%s\",\"field\":", tl_error_name(status));
  print_text(fault->field);
  printf(",\"reason\":");
  print_text(fault->reason);
  printf("}\n");
  return 0;
}

static void print_end(const tl_table_end *end) {
  printf("{\"name\":");
  print_text(end->name);
  printf(",\"dims\":[");
  for (uint32_t axis = 0; axis < end->rank; axis += 1) printf("%s%" PRIu32, axis == 0 ? "" : ",", end->dims[axis]);
  printf("]}");
}

/** `table FILE [ROWS OUT]`: describes a table; runs the rows of a file and writes all outputs of each to another. */
static int table(int count, char **args) {
  size_t length, bytes;
  tl_fault fault = {0};
  tl_table *model;
  uint8_t *file = read_file(args[0], &length);
  tl_status status = tl_table_load(&model, file, length, TL_TABLE_SPACE, &fault);
  size_t needs = status == TL_OK ? tl_table_needs(file, length, &fault) : 0;
  free(file);
  if (status != TL_OK) return refused(status, &fault);
  printf("{\"work\":%" PRIu64 ",\"needs\":%zu,\"input\":", tl_table_work(model), needs);
  print_end(tl_table_input(model));
  printf(",\"outputs\":[");
  size_t numbers = 0;
  for (size_t index = 0; index < tl_table_outputs(model); index += 1) {
    if (index > 0) printf(",");
    print_end(tl_table_output(model, index));
    numbers += tl_table_output(model, index)->count;
  }
  printf("],\"labels\":[");
  for (size_t index = 0; index < tl_table_labels(model); index += 1) {
    if (index > 0) printf(",");
    print_text(tl_table_label(model, index));
  }
  printf("]}\n");
  if (count >= 3) {
    size_t width = tl_table_input(model)->count;
    size_t answer = tl_table_output(model, 0)->count;
    float *rows = (float *)(void *)read_file(args[1], &bytes);
    size_t row_count = bytes / 4 / width;
    float *out = malloc(row_count * numbers * sizeof *out + 1);
    float *first = malloc(answer * sizeof *first);
    if (out == NULL || first == NULL) fail("no memory");
    float *to = out;
    for (size_t row = 0; row < row_count; row += 1) {
      if (tl_table_run(model, rows + row * width, width, first, answer) != TL_OK) fail("run");
      for (size_t index = 0; index < tl_table_outputs(model); index += 1) {
        size_t size = tl_table_output(model, index)->count;
        memcpy(to, tl_table_values(model, index), size * sizeof *to);
        to += size;
      }
    }
    write_file(args[2], out, row_count * numbers * sizeof *out);
    free(rows);
    free(out);
    free(first);
  }
  tl_table_free(model);
  return 0;
}

static int by_number(const void *left, const void *right) {
  double a = *(const double *)left;
  double b = *(const double *)right;
  return a < b ? -1 : a > b;
}

/** `time FILE ROWS RUNS`: the median microseconds of one run over the rows of a file. */
static int time_table(int count, char **args) {
  size_t length, bytes;
  tl_table *model;
  uint8_t *file = read_file(args[0], &length);
  if (count < 3 || tl_table_load(&model, file, length, TL_TABLE_SPACE, NULL) != TL_OK) fail("table");
  float *rows = (float *)(void *)read_file(args[1], &bytes);
  size_t width = tl_table_input(model)->count;
  size_t answer = tl_table_output(model, 0)->count;
  size_t row_count = bytes / 4 / width;
  size_t runs = (size_t)atol(args[2]);
  double *times = malloc(runs * sizeof *times);
  float *out = malloc(answer * sizeof *out);
  for (size_t run = 0; times != NULL && out != NULL && run < runs; run += 1) {
    struct timespec from, to;
    timespec_get(&from, TIME_UTC);
    tl_table_run(model, rows + run % row_count * width, width, out, answer);
    timespec_get(&to, TIME_UTC);
    times[run] = (double)(to.tv_sec - from.tv_sec) * 1e6 + (double)(to.tv_nsec - from.tv_nsec) / 1e3;
  }
  qsort(times, runs, sizeof *times, by_number);
  printf("{\"median_us\":%.2f,\"p95_us\":%.2f,\"runs\":%zu}\n", times[runs / 2], times[runs * 95 / 100], runs);
  free(times);
  free(out);
  free(rows);
  free(file);
  tl_table_free(model);
  return 0;
}

static void print_quarantined(void *context, const tl_quarantined *event) {
  int *printed = context;
  printf("%s{\"seq\":%" PRIu64 ",\"code\":", (*printed)++ == 0 ? "" : ",", event->seq);
  print_text(event->code);
  printf(",\"field\":");
  print_text(event->field);
  printf("}");
}

/** `answer FILE`: what a client makes of an answer's body. */
static int answer(char **args) {
  size_t length;
  uint8_t *bytes = read_file(args[0], &length);
  tl_acknowledgement found;
  int printed = 0;
  tl_status status = tl_acknowledgement_read(&found, bytes, length, NULL, NULL);
  if (status != TL_OK) {
    free(bytes);
    return refused(status, &(tl_fault){0});
  }
  printf("{\"acknowledged\":[");
  for (size_t index = 0; index < found.acknowledged.count; index += 1) {
    tl_range range = found.acknowledged.ranges[index];
    printf("%s[%" PRIu64 ",%" PRIu64 "]", index == 0 ? "" : ",", range.from, range.to);
  }
  printf("],\"duplicates\":%" PRIu64 ",\"received_at\":%" PRIu64 ",\"quarantined\":[", found.duplicates, found.received_at);
  tl_acknowledgement_free(&found);
  if (tl_acknowledgement_read(&found, bytes, length, print_quarantined, &printed) == TL_OK) tl_acknowledgement_free(&found);
  printf("]}\n");
  free(bytes);
  return 0;
}

/** `tables LIST`: the verdict on each file that a list names, one a line. */
static int tables(char **args) {
  size_t length;
  char *list = (char *)read_file(args[0], &length);
  list = realloc(list, length + 1);
  if (list == NULL) fail("no memory");
  list[length] = '\0';
  for (char *path = strtok(list, "\n"); path != NULL; path = strtok(NULL, "\n")) table(1, &path);
  free(list);
  return 0;
}

/** `retry-after TEXT DATE`: seconds; `-` stands for a header that is not there. */
static int retry_after(char **args) {
  const char *text = strcmp(args[0], "-") == 0 ? NULL : args[0];
  const char *date = strcmp(args[1], "-") == 0 ? NULL : args[1];
  printf("%g\n", tl_retry_after(text, date));
  return 0;
}

/** `numbers FILE`: each float64 of a file as JSON has it. */
static int numbers(char **args) {
  size_t length;
  uint8_t *bytes = read_file(args[0], &length);
  char text[TL_NUMBER_TEXT];
  for (size_t at = 0; at + 8 <= length; at += 8) {
    puts(tl_number_text(tl_read_f64(bytes + at), text) > 0 ? text : "null");
  }
  free(bytes);
  return 0;
}

/** `json FILE`: whether each line is JSON, as the pull reader sees it. */
static int json(char **args) {
  size_t length;
  uint8_t *bytes = read_file(args[0], &length);
  for (size_t at = 0, end = 0; at < length; at = end + 1) {
    end = at;
    while (end < length && bytes[end] != '\n') end += 1;
    tl_json reader;
    tl_json_init(&reader, bytes + at, end - at);
    puts(tl_json_skip(&reader) && tl_json_end(&reader) ? "true" : "false");
  }
  free(bytes);
  return 0;
}

/** `self-test TABLE VECTORS` */
static int self_test(char **args) {
  size_t length, size;
  tl_fault fault = {0};
  tl_table *model;
  uint8_t *bytes = read_file(args[0], &length);
  uint8_t *vectors = read_file(args[1], &size);
  if (tl_table_load(&model, bytes, length, TL_TABLE_SPACE, &fault) != TL_OK) fail(fault.reason);
  tl_status status = tl_self_test(model, vectors, size, &fault);
  tl_table_free(model);
  free(bytes);
  free(vectors);
  return refused(status, &fault);
}

/** Where finished windows go. */
typedef struct window_sink {
  tl_buffer values;
  size_t bytes;
} window_sink;

static tl_status keep_window(void *context, uint64_t start, const float *window) {
  window_sink *sink = context;
  printf("%" PRIu64 "\n", start);
  tl_buffer_add(&sink->values, window, sink->bytes);
  return sink->values.status;
}

/**
 * `framer SAMPLES OUT RATE CUTOFF SIZE HOP INPUT SPLIT,.. START:COUNT ...`: pushes runs of a file's samples, prints the starts
 * of windows, writes their values.
 */
static int framer(int count, char **args) {
  size_t bytes;
  float *samples = (float *)(void *)read_file(args[0], &bytes);
  uint32_t split[16];
  uint32_t splits = 0;
  for (char *at = args[7]; *at != '\0' && splits < 16; at += *at == ',') split[splits++] = (uint32_t)strtoul(at, &at, 10);
  tl_window window = {.input = (uint32_t)atoi(args[6]), .split = split, .split_count = splits, .rate = atof(args[2]),
                      .cutoff = atof(args[3]), .size = (uint32_t)atoi(args[4]), .hop = (uint32_t)atoi(args[5])};
  tl_framer *f;
  if (tl_framer_open(&f, &window) != TL_OK) fail("framer");
  window_sink sink;
  sink.bytes = (size_t)window.size * tl_window_channels(&window) * sizeof(float);
  tl_buffer_init(&sink.values, (size_t)1 << 30);
  size_t taken = 0;
  for (int index = 8; index < count; index += 1) {
    char *colon;
    uint64_t start = strtoull(args[index], &colon, 10);
    size_t run = strtoul(colon + 1, NULL, 10);
    if (tl_framer_push(f, start, samples + taken * window.input, run, keep_window, &sink) != TL_OK) fail("push");
    taken += run;
  }
  uint64_t gaps, missing;
  tl_framer_gaps(f, &gaps, &missing);
  printf("gaps %" PRIu64 " %" PRIu64 "\n", gaps, missing);
  write_file(args[1], sink.values.bytes, sink.values.length);
  tl_buffer_free(&sink.values);
  tl_framer_close(f);
  free(samples);
  return 0;
}

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

#define FIELDS 24
#define LIST 1200

/** What a script has said so far. */
typedef struct script {
  tl_event_type type;
  tl_field fields[FIELDS];
  tl_property properties[FIELDS];
  size_t property_count;
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

static const char **texts_of(char *text) {
  char *parts[64];
  if (strcmp(text, "-") == 0) return NULL;
  int count = split_at(text, ',', parts, 63);
  const char **texts = keep(((size_t)count + 1) * sizeof *texts);
  for (int index = 0; index < count; index += 1) texts[index] = text_or_null(parts[index]);
  return texts;
}

/** `field NAME KIND OPTIONAL PURPOSE MAX_LENGTH MIN MAX SIZE RATE UNITS ONE_OF` */
static void take_field(script *s, char **p) {
  tl_field *field = &s->fields[s->type.field_count++];
  memset(field, 0, sizeof *field);
  field->name = p[1];
  field->kind = (tl_kind)atoi(p[2]);
  field->optional = atoi(p[3]) == 1;
  field->purpose = strcmp(p[4], "-") == 0 ? NULL : p[4];
  field->max_length = (uint32_t)atoi(p[5]);
  field->has_min = strcmp(p[6], "-") != 0;
  field->min = field->has_min ? atof(p[6]) : 0;
  field->has_max = strcmp(p[7], "-") != 0;
  field->max = field->has_max ? atof(p[7]) : 0;
  field->size = (uint32_t)atoi(p[8]);
  field->rate = atof(p[9]);
  field->units = texts_of(p[10]);
  field->one_of = texts_of(p[11]);
}

/** `frame NAME ENCODING RATE UNITS SCALE GAPS SAMPLES FLOAT32` */
static void take_frame(tl_property *property, char **p) {
  size_t count, length;
  tl_frame *frame = &property->as.frame;
  memset(frame, 0, sizeof *frame);
  frame->encoding = strcmp(p[2], "int16") == 0 ? TL_INT16 : TL_FLOAT32;
  frame->rate = atof(p[3]);
  frame->state_units = atoi(p[4]) == 1;
  frame->scale = doubles_of(p[5], &count);
  double *gaps = doubles_of(p[6], &count);
  tl_gap *pairs = keep((count + 1) * sizeof *pairs);
  for (size_t index = 0; index + 1 < count; index += 2) {
    pairs[index / 2] = (tl_gap){(uint64_t)gaps[index], (uint64_t)gaps[index + 1]};
  }
  frame->gaps = pairs;
  frame->gap_count = count / 2;
  frame->samples = strtoul(p[7], NULL, 10);
  const char *bytes = from_hex(p[8], &length);
  float *values = keep(length);
  for (size_t index = 0; index < length / 4; index += 1) values[index] = tl_read_f32((const uint8_t *)bytes + 4 * index);
  frame->values = values;
}

/** A property of the event: `KIND NAME VALUE...`. */
static void take_property(script *s, char **p) {
  tl_property *property = &s->properties[s->property_count++];
  memset(property, 0, sizeof *property);
  property->name = p[1];
  size_t length;
  if (strcmp(p[0], "string") == 0) {
    property->kind = TL_STRING;
    property->as.string.text = from_hex(p[2], &length);
    property->as.string.length = length;
  } else if (strcmp(p[0], "int") == 0 || strcmp(p[0], "time") == 0) {
    property->kind = p[0][0] == 'i' ? TL_INT : TL_TIME;
    property->as.integer = strtoll(p[2], NULL, 10);
  } else if (strcmp(p[0], "float") == 0) {
    property->kind = TL_FLOAT;
    property->as.number = strtod(p[2], NULL);
  } else if (strcmp(p[0], "boolean") == 0) {
    property->kind = TL_BOOLEAN;
    property->as.boolean = strcmp(p[2], "true") == 0;
  } else if (strcmp(p[0], "vector") == 0) {
    property->kind = TL_VECTOR;
    property->as.vector.values = doubles_of(p[2], &property->as.vector.count);
  } else if (strcmp(p[0], "frame") == 0) {
    property->kind = TL_FRAME;
    take_frame(property, p);
  } else {
    fail(p[0]);
  }
}

/** Checks the event, tells of it, and adds it to the batch. */
static void end_event(script *s) {
  tl_fault fault = {0};
  uint32_t withheld = 0;
  tl_status status = tl_event_check(&s->type, s->properties, s->property_count, &fault);
  refused(status, &fault);
  if (!s->encodes) return;
  size_t start = s->records.length;
  if (tl_record_add(&s->records, &s->head, s->properties, s->property_count, &withheld) != TL_OK) fail("record");
  tl_record_number(s->records.bytes + start, s->records.length - start, s->seq);
}

/** `type NAME VERSION PURPOSE`, `event SEQ TIME USER CONSENT PREVIOUS`, `header SDK INSTALL EPOCH SENT_AT PROOF`, `end` */
static void take_line(script *s, char *line) {
  char *p[16];
  line[strcspn(line, "\n")] = '\0';
  split_at(line, '\t', p, 16);
  if (strcmp(p[0], "type") == 0) {
    s->type = (tl_event_type){p[1], (uint32_t)atoi(p[2]), p[3], s->fields, 0};
  } else if (strcmp(p[0], "field") == 0) {
    take_field(s, p);
  } else if (strcmp(p[0], "event") == 0) {
    static char *names[TL_PURPOSES];
    s->seq = strtoull(p[1], NULL, 10);
    int count = *p[4] == '\0' ? 0 : split_at(p[4], ',', names, TL_PURPOSES);
    for (int index = 0; index < count; index += 1) s->consent[index] = names[index];
    s->head = (tl_record_head){&s->type, strtoll(p[2], NULL, 10), text_or_null(p[3]), text_or_null(p[5]), s->consent, (size_t)count};
    s->property_count = 0;
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
static int run_script(int count, char **args) {
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
  free(text);
  free_kept();
  return 0;
}

int main(int count, char **args) {
  if (count < 3) fail("expected a command and a file");
  const char *command = args[1];
  char **rest = args + 2;
  if (strcmp(command, "table") == 0) return table(count - 2, rest);
  if (strcmp(command, "tables") == 0) return tables(rest);
  if (strcmp(command, "retry-after") == 0 && count == 4) return retry_after(rest);
  if (strcmp(command, "time") == 0) return time_table(count - 2, rest);
  if (strcmp(command, "answer") == 0) return answer(rest);
  if (strcmp(command, "numbers") == 0) return numbers(rest);
  if (strcmp(command, "json") == 0) return json(rest);
  if (strcmp(command, "self-test") == 0 && count == 4) return self_test(rest);
  if (strcmp(command, "framer") == 0 && count > 10) return framer(count - 2, rest);
  if (strcmp(command, "script") == 0) return run_script(count - 2, rest);
  fail("no such command");
  return 2;
}
