#ifndef TIDELINE_TABLE_H
#define TIDELINE_TABLE_H

/**
 * @file
 * Reader and interpreter of the compact model table `TLM1` (docs/format/model-table.md): trees, linear models, small
 * nets, generated preprocessing. Bytes are not trusted: everything is checked at loading, in memory of a size that is
 * computed and bounded before it is taken; a run then neither allocates nor fails, nor reaches outside of its memory.
 * A table is used by one thread at a time.
 *
 * @code
 * tl_table *table;
 * tl_fault fault;
 * if (tl_table_load(&table, bytes, length, TL_TABLE_SPACE, &fault) != TL_OK) return report(&fault);
 * float probabilities[6];
 * tl_table_run(table, window, 128 * 9, probabilities, 6);
 * tl_table_free(table);
 * @endcode
 */

#include <stddef.h>
#include <stdint.h>

#include "tideline_status.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Version of the format that this reader takes. */
#define TL_TABLE_VERSION 1
/** Bytes with which every legal table can be loaded: 64 MiB of file, 64 MiB of numbers, and what holds them. */
#define TL_TABLE_SPACE ((size_t)160 * 1024 * 1024)

/** A loaded table. */
typedef struct tl_table tl_table;

/** An input or output of a table. */
typedef struct tl_table_end {
  const char *name;
  /** Shape of one row, with the batch axis at 1 where the graph has one. */
  uint32_t rank;
  uint32_t dims[6];
  /** How many numbers. */
  uint32_t count;
  /** Where they stand in the table's memory. */
  uint32_t position;
} tl_table_end;

/**
 * How many bytes tl_table_place() needs for a file; 0 where header and sections are malformed. Reads the file, allocates
 * nothing.
 */
size_t tl_table_needs(const uint8_t *bytes, size_t length, tl_fault *fault);

/**
 * Loads a table into memory of the caller's, aligned for a double; the file's bytes are not needed afterwards. The
 * table lives as long as the memory, and tl_table_free() is not called.
 * @return TL_OK, TL_MODEL_MALFORMED, or TL_RUNTIME_UNSUPPORTED where `room` is too small
 */
tl_status tl_table_place(tl_table **table, const uint8_t *bytes, size_t length, void *memory, size_t room, tl_fault *fault);

/**
 * Loads a table into one allocation of at most `room` bytes.
 * @return TL_OK, TL_MODEL_MALFORMED, TL_RUNTIME_UNSUPPORTED, TL_OUT_OF_MEMORY
 */
tl_status tl_table_load(tl_table **table, const uint8_t *bytes, size_t length, size_t room, tl_fault *fault);
/** Frees a table of tl_table_load(); NULL is none. */
void tl_table_free(tl_table *table);

const tl_table_end *tl_table_input(const tl_table *table);
size_t tl_table_outputs(const tl_table *table);
/** An output; NULL where there is none of that index. The first is the model's answer. */
const tl_table_end *tl_table_output(const tl_table *table, size_t index);
size_t tl_table_labels(const tl_table *table);
/** Name of a class, in the order of the first output's last axis; NULL where there is none of that index. */
const char *tl_table_label(const tl_table *table, size_t index);
/** Elementary steps of one run, at most 2^28: what a run costs, known before it is made. */
uint64_t tl_table_work(const tl_table *table);

/**
 * Runs one row; `output` receives the first output.
 * @return TL_OK, or TL_ARGUMENT_INVALID where a count is not that of the input or output
 */
tl_status tl_table_run(tl_table *table, const float *input, size_t input_count, float *output, size_t output_count);
/** The numbers of an output of the last run, valid until the next one; NULL where there is none of that index. */
const float *tl_table_values(const tl_table *table, size_t index);

#ifdef __cplusplus
}
#endif

#endif
