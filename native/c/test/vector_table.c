#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "vector_program.h"

static void print_end(const tl_table_end *end) {
  printf("{\"name\":");
  print_text(end->name);
  printf(",\"dims\":[");
  for (uint32_t axis = 0; axis < end->rank; axis += 1) printf("%s%" PRIu32, axis == 0 ? "" : ",", end->dims[axis]);
  printf("]}");
}

/** `table FILE [ROWS OUT] ...`: describes tables; runs the rows of a file and writes all outputs of each to another. */
int command_table(int count, char **args) {
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
  return count > 3 ? command_table(count - 3, args + 3) : 0;
}

static int by_number(const void *left, const void *right) {
  double a = *(const double *)left;
  double b = *(const double *)right;
  return a < b ? -1 : a > b;
}

/** `time FILE ROWS RUNS`: the median microseconds of one run over the rows of a file. */
int command_time(int count, char **args) {
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

/** `tables LIST`: the verdict on each file that a list names, one a line. */
int command_tables(char **args) {
  size_t length;
  char *list = (char *)read_file(args[0], &length);
  list = realloc(list, length + 1);
  if (list == NULL) fail("no memory");
  list[length] = '\0';
  for (char *path = strtok(list, "\n"); path != NULL; path = strtok(NULL, "\n")) command_table(1, &path);
  free(list);
  return 0;
}

/** The most bytes that were resident since the last call of forget_peak(); 0 where the system does not say (not Linux). */
static uint64_t resident_peak(void) {
  char line[256];
  uint64_t kilobytes = 0;
  FILE *file = fopen("/proc/self/status", "r");
  while (file != NULL && fgets(line, sizeof line, file) != NULL) {
    if (sscanf(line, "VmHWM: %" SCNu64, &kilobytes) == 1) break;
  }
  if (file != NULL) fclose(file);
  return kilobytes * 1024;
}

static void forget_peak(void) {
  FILE *file = fopen("/proc/self/clear_refs", "w");
  if (file == NULL) return;
  fputs("5", file);
  fclose(file);
}

/** `cost FILE`: what loading a table takes: bytes that it needs, and by how much resident memory grew at its worst. */
int command_cost(char **args) {
  size_t length;
  tl_table *model;
  uint8_t *file = read_file(args[0], &length);
  forget_peak();
  uint64_t before = resident_peak();
  struct timespec from, to;
  timespec_get(&from, TIME_UTC);
  tl_status status = tl_table_load(&model, file, length, TL_TABLE_SPACE, NULL);
  size_t last = status == TL_OK ? tl_table_labels(model) : 0;
  const char *label = "";
  for (size_t index = 0; index < last; index += 1) label = tl_table_label(model, index);
  timespec_get(&to, TIME_UTC);
  uint64_t bytes = resident_peak() - before;
  double ms = (double)(to.tv_sec - from.tv_sec) * 1e3 + (double)(to.tv_nsec - from.tv_nsec) / 1e6;
  printf("{\"code\":\"%s\",\"bytes\":%" PRIu64 ",\"needs\":%zu,\"last\":%zu,\"ms\":%.0f}\n", tl_error_name(status), bytes,
         tl_table_needs(file, length, NULL), strlen(label), ms);
  if (status == TL_OK) tl_table_free(model);
  free(file);
  return 0;
}
