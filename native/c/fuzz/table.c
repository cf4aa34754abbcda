/* Bytes as a model table: loaded whatever they are, and run where that is quick. Length and checksum are set right first, since no
 * mutation would ever get past them. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tideline_bytes.h"
#include "tideline_table.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/** Steps of a run at most: some milliseconds. */
#define QUICK ((uint64_t)1 << 18)

static void try_table(const uint8_t *bytes, size_t length) {
  static const float ODD[] = {0.5f, -1e30f, NAN, INFINITY, 1e-40f, 3.0f, -INFINITY, -0.0f};
  tl_table *table;
  size_t needs = tl_table_needs(bytes, length, NULL);
  if (needs > ((size_t)1 << 22) || tl_table_load(&table, bytes, length, needs, NULL) != TL_OK) return;
  if (tl_table_work(table) <= QUICK) {
    size_t inputs = tl_table_input(table)->count;
    size_t outputs = tl_table_output(table, 0)->count;
    float *input = malloc(inputs * sizeof *input);
    float *output = malloc(outputs * sizeof *output);
    for (int run = 0; input != NULL && output != NULL && run < 2; run += 1) {
      for (size_t index = 0; index < inputs; index += 1) input[index] = run == 0 ? (float)index / 7 : ODD[index % 8];
      if (tl_table_run(table, input, inputs, output, outputs) != TL_OK) abort();
    }
    free(input);
    free(output);
  }
  for (size_t index = 0; index < tl_table_labels(table) && index < 8; index += 1) {
    if (tl_table_label(table, index) == NULL) abort();
  }
  tl_table_free(table);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  try_table(data, size);
  size_t length = size / 4 * 4;
  if (length < 64) return 0;
  uint8_t *bytes = malloc(length);
  if (bytes == NULL) return 0;
  memcpy(bytes, data, length);
  memcpy(bytes, "TLM1\1\0\0\0", 8);
  tl_write_u32(bytes + 8, (uint32_t)length);
  tl_write_u32(bytes + 12, tl_crc32(0, bytes + 16, length - 16));
  try_table(bytes, length);
  free(bytes);
  return 0;
}
