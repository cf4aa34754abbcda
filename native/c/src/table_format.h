#ifndef TIDELINE_TABLE_FORMAT_H
#define TIDELINE_TABLE_FORMAT_H

/** @file Numbers of docs/format/model-table.md, and a table in memory. Internal to the table's sources. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tideline_table.h"

/* What all is computed in must be what the format says: no excess precision. */
#include <float.h>
#if defined(FLT_EVAL_METHOD) && FLT_EVAL_METHOD != 0
#error "Compile with plain single and double precision (on 32-bit x86: -msse2 -mfpmath=sse)."
#endif

#define TABLE_HEADER 16
#define TABLE_END 8
#define TABLE_BYTES (UINT32_C(1) << 26)
#define TABLE_MEMORY (UINT32_C(1) << 24)
#define TABLE_WORK (UINT64_C(1) << 28)
#define TABLE_INSTRUCTIONS (UINT32_C(1) << 14)
#define TABLE_OUTPUTS 16
#define TABLE_LABELS (UINT32_C(1) << 16)
#define TABLE_TEXT (UINT32_C(1) << 20)
#define TABLE_NONE UINT32_C(0xffffffff)

/** Codes of operators. */
enum {
  OP_UNARY = 1,
  OP_BINARY,
  OP_MOVE,
  OP_GATHER,
  OP_MATMUL,
  OP_REDUCE,
  OP_SOFTMAX,
  OP_ARGMAX,
  OP_CONV,
  OP_POOL,
  OP_TREES,
  OP_SPECTRUM,
  OP_COUNT
};

/** Kinds of functions of one and two numbers, reductions and pooling. */
enum { UNARY_KINDS = 13, BINARY_KINDS = 7, REDUCE_KINDS = 4, POOL_KINDS = 3 };

/** A file whose sections have been found; words are read with tl_read_u32(). */
typedef struct table_file {
  const uint8_t *bytes;
  uint32_t memory, constants, blocks, instructions, outputs, labels, text_bytes;
  /** Length of a section in words, and where it starts in the file, in words. */
  uint32_t block_words, word_count, program_words;
  uint32_t ends_at, blocks_at, words_at, program_at, text_at;
} table_file;

struct tl_table {
  float *memory;
  uint32_t *words;
  uint32_t *program;
  /** Two series of the longest spectrum, and behind them cosines and sines of each. */
  double *waves;
  char *text;
  /** Where each label starts in the text. */
  uint32_t *labels_at;
  uint32_t memory_count, constants, word_count, program_words, instructions, outputs, labels;
  /** Samples of the longest spectrum. */
  uint32_t longest;
  uint64_t work;
  tl_table_end ends[1 + TABLE_OUTPUTS];
};

/** What a table takes besides its own struct. */
typedef struct table_needs {
  uint64_t doubles;
  /** Nodes of the largest trees, whose depths are counted once. */
  uint32_t nodes;
  uint64_t work;
} table_needs;

/** Finds the sections of a file; false, and a fault, where it breaks rules 1 to 4 of the format. */
bool table_file_read(table_file *file, const uint8_t *bytes, size_t length, tl_fault *fault);
/** Fills the constants; the blocks have been checked. */
void table_constants(const table_file *file, float *memory);

/** Number of argument words of an operator; 0 for a code that is not known. */
uint32_t table_arguments(uint32_t code);
/** Checks every instruction, all but the nodes of trees, and adds up what a run takes. */
bool table_check(const table_file *file, table_needs *needs, tl_fault *fault);
/** Checks the nodes of trees; `depth` has room for the most nodes. Adds their walks to the work. */
bool table_check_trees(const tl_table *table, const uint32_t *args, uint32_t *depth, uint64_t *work);

/** Runs every instruction of a checked table. */
void table_run(tl_table *table);
double table_unary(uint32_t kind, double x, double p, double q);
void table_matmul(float *memory, const uint32_t *args);
void table_conv(float *memory, const uint32_t *args);
void table_pool(float *memory, const uint32_t *args);
void table_trees(float *memory, const uint32_t *words, const uint32_t *args);
void table_spectrum(const tl_table *table, const uint32_t *args, const double *turns);
/** Cosines and sines of a turn's parts, for a spectrum of `size` samples. */
void table_turns(uint32_t size, double *turns);

/** A word as a signed number. */
static inline int64_t table_signed(uint32_t word) {
  return word < UINT32_C(0x80000000) ? (int64_t)word : (int64_t)word - INT64_C(0x100000000);
}

/** A word as a number in single precision. */
float table_number(uint32_t word);

#endif
