#include "tideline_table.h"

#include <stdlib.h>
#include <string.h>

#include "table_format.h"
#include "tideline_bytes.h"

/** The parts of a table's memory, in bytes from its start. */
typedef struct layout {
  size_t waves, memory, words, program, labels, text, total;
} layout;

static size_t aligned(size_t bytes) { return (bytes + 15) / 16 * 16; }

/** The scratch in which depths of trees are counted lies where `waves` and the rest come to lie afterwards. */
static layout layout_of(const table_file *file, const table_needs *needs) {
  layout l;
  l.waves = aligned(sizeof(tl_table));
  l.memory = l.waves + aligned((size_t)needs->doubles * sizeof(double));
  l.words = l.memory + aligned((size_t)file->memory * sizeof(float));
  l.program = l.words + aligned((size_t)file->word_count * 4);
  l.labels = l.program + aligned((size_t)file->program_words * 4);
  l.text = l.labels + aligned((size_t)file->labels * 4);
  l.total = l.text + aligned(file->text_bytes);
  /* Numbers, words and program are in place when depths are counted: they take turns with the waves only. */
  size_t scratch = aligned((size_t)needs->nodes * 4);
  size_t waves = l.memory - l.waves;
  if (scratch > waves) {
    size_t more = scratch - waves;
    l.memory += more;
    l.words += more;
    l.program += more;
    l.labels += more;
    l.text += more;
    l.total += more;
  }
  return l;
}

size_t tl_table_needs(const uint8_t *bytes, size_t length, tl_fault *fault) {
  table_file file;
  table_needs needs;
  if (!table_file_read(&file, bytes, length, fault) || !table_check(&file, &needs, fault)) return 0;
  return layout_of(&file, &needs).total;
}

static void read_names(tl_table *table, const table_file *file) {
  const char *text = table->text;
  for (uint32_t index = 0; index <= file->outputs; index += 1) {
    const uint8_t *at = file->bytes + 4 * ((size_t)file->ends_at + TABLE_END * (size_t)index);
    tl_table_end *end = &table->ends[index];
    end->position = tl_read_u32(at);
    end->rank = tl_read_u32(at + 4);
    end->count = 1;
    for (uint32_t axis = 0; axis < 6; axis += 1) {
      end->dims[axis] = tl_read_u32(at + 8 + 4 * (size_t)axis);
      end->count *= end->dims[axis];
    }
    end->name = text;
    text += strlen(text) + 1;
  }
  for (uint32_t index = 0; index < file->labels; index += 1) {
    table->labels_at[index] = (uint32_t)(text - table->text);
    text += strlen(text) + 1;
  }
}

/** Checks the nodes of every ensemble of trees, with the waves' place as scratch. */
static bool check_all_trees(const tl_table *table, uint64_t *work) {
  const uint32_t *at = table->program;
  for (uint32_t index = 0; index < table->instructions; index += 1) {
    uint32_t code = *at & 0xffffu;
    if (code == OP_TREES && !table_check_trees(table, at + 1, (uint32_t *)(void *)table->waves, work)) return false;
    at += 1 + table_arguments(code);
  }
  return true;
}

static void fill_turns(tl_table *table) {
  const uint32_t *at = table->program;
  for (uint32_t index = 0; index < table->instructions; index += 1) {
    if ((*at & 0xffffu) == OP_SPECTRUM && at[1] > table->longest) table->longest = at[1];
    at += 1 + table_arguments(*at & 0xffffu);
  }
  double *turns = table->waves + 2 * (size_t)table->longest;
  at = table->program;
  for (uint32_t index = 0; index < table->instructions; index += 1) {
    if ((*at & 0xffffu) == OP_SPECTRUM) {
      table_turns(at[1], turns);
      turns += 2 * (size_t)at[1];
    }
    at += 1 + table_arguments(*at & 0xffffu);
  }
}

/** Makes the table of a checked file in memory that is large enough. */
static tl_status build(tl_table **result, const table_file *file, const table_needs *needs, uint8_t *memory, tl_fault *fault) {
  layout l = layout_of(file, needs);
  memset(memory, 0, l.words);
  tl_table *table = (tl_table *)(void *)memory;
  table->waves = (double *)(void *)(memory + l.waves);
  table->memory = (float *)(void *)(memory + l.memory);
  table->words = (uint32_t *)(void *)(memory + l.words);
  table->program = (uint32_t *)(void *)(memory + l.program);
  table->labels_at = (uint32_t *)(void *)(memory + l.labels);
  table->text = (char *)memory + l.text;
  table->memory_count = file->memory;
  table->constants = file->constants;
  table->word_count = file->word_count;
  table->program_words = file->program_words;
  table->instructions = file->instructions;
  table->outputs = file->outputs;
  table->labels = file->labels;
  for (size_t index = 0; index < file->word_count; index += 1) {
    table->words[index] = tl_read_u32(file->bytes + 4 * (file->words_at + index));
  }
  for (size_t index = 0; index < file->program_words; index += 1) {
    table->program[index] = tl_read_u32(file->bytes + 4 * (file->program_at + index));
  }
  memcpy(table->text, file->bytes + 4 * (size_t)file->text_at, file->text_bytes);
  read_names(table, file);
  table->work = needs->work;
  if (!check_all_trees(table, &table->work)) {
    return tl_refuse(fault, TL_MODEL_MALFORMED, "table", "expected trees whose nodes are complete, within limits");
  }
  table_constants(file, table->memory);
  fill_turns(table);
  *result = table;
  return TL_OK;
}

tl_status tl_table_place(tl_table **table, const uint8_t *bytes, size_t length, void *memory, size_t room, tl_fault *fault) {
  table_file file;
  table_needs needs;
  *table = NULL;
  if (!table_file_read(&file, bytes, length, fault) || !table_check(&file, &needs, fault)) return TL_MODEL_MALFORMED;
  if (memory == NULL || (uintptr_t)memory % sizeof(double) != 0) {
    return tl_refuse(fault, TL_ARGUMENT_INVALID, "memory", "expected memory aligned for a double");
  }
  if (layout_of(&file, &needs).total > room) {
    return tl_refuse(fault, TL_RUNTIME_UNSUPPORTED, "table", "expected a table that needs less memory");
  }
  return build(table, &file, &needs, memory, fault);
}

tl_status tl_table_load(tl_table **table, const uint8_t *bytes, size_t length, size_t room, tl_fault *fault) {
  table_file file;
  table_needs needs;
  *table = NULL;
  if (!table_file_read(&file, bytes, length, fault) || !table_check(&file, &needs, fault)) return TL_MODEL_MALFORMED;
  size_t total = layout_of(&file, &needs).total;
  if (total > room) return tl_refuse(fault, TL_RUNTIME_UNSUPPORTED, "table", "expected a table that needs less memory");
  void *memory = malloc(total);
  if (memory == NULL) return tl_refuse(fault, TL_OUT_OF_MEMORY, "table", "no memory for the table");
  tl_status status = build(table, &file, &needs, memory, fault);
  if (status != TL_OK) free(memory);
  return status;
}

void tl_table_free(tl_table *table) { free(table); }

const tl_table_end *tl_table_input(const tl_table *table) { return &table->ends[0]; }

size_t tl_table_outputs(const tl_table *table) { return table->outputs; }

const tl_table_end *tl_table_output(const tl_table *table, size_t index) {
  return index < table->outputs ? &table->ends[1 + index] : NULL;
}

size_t tl_table_labels(const tl_table *table) { return table->labels; }

const char *tl_table_label(const tl_table *table, size_t index) {
  return index < table->labels ? table->text + table->labels_at[index] : NULL;
}

uint64_t tl_table_work(const tl_table *table) { return table->work; }

tl_status tl_table_run(tl_table *table, const float *input, size_t input_count, float *output, size_t output_count) {
  const tl_table_end *in = &table->ends[0];
  const tl_table_end *out = &table->ends[1];
  if (input_count != in->count || output_count != out->count) return TL_ARGUMENT_INVALID;
  memcpy(table->memory + in->position, input, input_count * sizeof *input);
  table_run(table);
  memcpy(output, table->memory + out->position, output_count * sizeof *output);
  return TL_OK;
}

const float *tl_table_values(const tl_table *table, size_t index) {
  return index < table->outputs ? table->memory + table->ends[1 + index].position : NULL;
}
