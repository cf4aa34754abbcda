/*
 * Lets the tests hold the core against vectors: `vector COMMAND ARGUMENT...`. Prints what it found as JSON, or the code of
 * the refusal; binary numbers go through files, little-endian float32 or float64.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tideline_bytes.h"
#include "vector_program.h"

void fail(const char *what) {
  fprintf(stderr, "vector: %s\n", what);
  exit(2);
}

uint8_t *read_file(const char *path, size_t *length) {
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

void write_file(const char *path, const void *bytes, size_t length) {
  FILE *file = fopen(path, "wb");
  if (file == NULL || fwrite(bytes, 1, length, file) != length || fclose(file) != 0) fail(path);
}

void print_text(const char *text) {
  tl_buffer json;
  tl_buffer_init(&json, 1 << 20);
  tl_json_add_string(&json, text, strlen(text));
  fwrite(json.bytes, 1, json.length, stdout);
  tl_buffer_free(&json);
}

int refused(tl_status status, const tl_fault *fault) {
  printf("{\"code\":\"%s\",\"field\":", tl_error_name(status));
  print_text(fault->field);
  printf(",\"reason\":");
  print_text(fault->reason);
  printf("}\n");
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

/** `definition FILE MODEL`: what was read of a definition. */
static int definition(char **args) {
  size_t length;
  tl_fault fault = {0};
  tl_definition *found;
  tl_model model;
  tl_window window;
  uint8_t *json = read_file(args[0], &length);
  tl_status status = tl_definition_read(&found, json, length, &fault);
  free(json);
  if (status != TL_OK) return refused(status, &fault);
  const tl_app *app = tl_definition_app(found);
  printf("{\"purposes\":[");
  for (size_t index = 0; app->purposes[index] != NULL; index += 1) {
    if (index > 0) printf(",");
    print_text(app->purposes[index]);
  }
  printf("],\"events\":[");
  for (size_t index = 0; index < app->event_count; index += 1) {
    printf("%s[", index == 0 ? "" : ",");
    print_text(app->events[index]->name);
    printf(",%" PRIu32 ",%zu]", app->events[index]->version, app->events[index]->field_count);
  }
  printf("]");
  if (tl_definition_model(found, args[1], &model, &window)) {
    printf(",\"labels\":[");
    for (size_t index = 0; index < model.label_count; index += 1) {
      if (index > 0) printf(",");
      print_text(model.labels[index]);
    }
    printf("],\"size\":%" PRIu32 ",\"hop\":%" PRIu32 ",\"rate\":%g,\"cutoff\":%g,\"split\":[", window.size, window.hop, window.rate,
           window.cutoff);
    for (uint32_t index = 0; index < window.split_count; index += 1) printf("%s%" PRIu32, index == 0 ? "" : ",", window.split[index]);
    printf("],\"conditions\":[");
    for (size_t index = 0; index < model.fallback.when_count; index += 1) {
      const tl_condition *condition = &model.fallback.when[index];
      printf("%s[%g", index == 0 ? "" : ",", condition->rms_above);
      for (size_t k = 0; k < condition->channel_count; k += 1) printf(",%" PRIu32, condition->channels[k]);
      printf("]");
    }
    printf("],\"otherwise\":");
    print_text(model.fallback.otherwise);
    printf(",\"reports\":%s", model.event == NULL ? "false" : "true");
  }
  printf("}\n");
  tl_definition_free(found);
  return 0;
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

int main(int count, char **args) {
  if (count < 3) fail("expected a command and a file");
  const char *command = args[1];
  char **rest = args + 2;
  if (strcmp(command, "table") == 0) return command_table(count - 2, rest);
  if (strcmp(command, "tables") == 0) return command_tables(rest);
  if (strcmp(command, "cost") == 0) return command_cost(rest);
  if (strcmp(command, "retry-after") == 0 && count == 4) return retry_after(rest);
  if (strcmp(command, "time") == 0) return command_time(count - 2, rest);
  if (strcmp(command, "answer") == 0) return answer(rest);
  if (strcmp(command, "numbers") == 0) return numbers(rest);
  if (strcmp(command, "json") == 0) return json(rest);
  if (strcmp(command, "self-test") == 0 && count == 4) return self_test(rest);
  if (strcmp(command, "framer") == 0 && count > 10) return framer(count - 2, rest);
  if (strcmp(command, "definition") == 0 && count == 4) return definition(rest);
  if (strcmp(command, "script") == 0) return command_script(count - 2, rest);
  fail("no such command");
  return 2;
}
