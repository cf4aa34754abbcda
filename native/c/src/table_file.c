#include <string.h>

#include "table_format.h"
#include "tideline_bytes.h"
#include "tideline_text.h"

/** A word of the file. */
static uint32_t word(const uint8_t *bytes, uint64_t index) { return tl_read_u32(bytes + 4 * index); }

float table_number(uint32_t bits) {
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

static bool refuse(tl_fault *fault, const char *rule) {
  tl_refuse(fault, TL_MODEL_MALFORMED, "table", rule);
  return false;
}

/** Walks the constant blocks, which must lie one behind the other and fill section and constants exactly. */
static bool check_constants(const table_file *file) {
  const uint8_t *bytes = file->bytes + 4 * (size_t)file->blocks_at;
  uint64_t end = file->block_words;
  uint64_t at = 0;
  uint64_t filled = 0;
  for (uint32_t block = 0; block < file->blocks; block += 1) {
    if (at + 2 > end) return false;
    uint32_t form = word(bytes, at);
    uint32_t count = word(bytes, at + 1);
    if (count < 1 || count > file->constants - filled) return false;
    if (form == 0) {
      at += 2 + (uint64_t)count;
    } else {
      if (form != 1 || at + 4 > end) return false;
      uint32_t run = word(bytes, at + 2);
      uint32_t scales = word(bytes, at + 3);
      if (run < 1 || run > TABLE_MEMORY || scales < 1 || scales > TABLE_MEMORY) return false;
      at += 4 + (uint64_t)scales + ((uint64_t)count + 3) / 4;
    }
    if (at > end) return false;
    filled += count;
  }
  return at == end && filled == file->constants;
}

void table_constants(const table_file *file, float *memory) {
  const uint8_t *bytes = file->bytes + 4 * (size_t)file->blocks_at;
  size_t at = 0;
  for (uint32_t block = 0; block < file->blocks; block += 1) {
    uint32_t count = word(bytes, at + 1);
    if (word(bytes, at) == 0) {
      for (uint32_t index = 0; index < count; index += 1) *memory++ = tl_read_f32(bytes + 4 * (at + 2 + index));
      at += 2 + (size_t)count;
      continue;
    }
    uint32_t run = word(bytes, at + 2);
    uint32_t scales = word(bytes, at + 3);
    const uint8_t *scale = bytes + 4 * (at + 4);
    const uint8_t *stored = scale + 4 * (size_t)scales;
    for (uint32_t index = 0; index < count; index += 1) {
      int32_t value = stored[index] < 128 ? stored[index] : stored[index] - 256;
      *memory++ = (float)((double)value * (double)tl_read_f32(scale + 4 * (size_t)(index / run % scales)));
    }
    at += 4 + (size_t)scales + ((size_t)count + 3) / 4;
  }
}

/** Whether the text holds exactly the names and labels that the header counts, and zero padding. */
static bool check_text(const table_file *file, size_t length) {
  const char *text = (const char *)file->bytes + 4 * (size_t)file->text_at;
  uint64_t strings = 0;
  for (uint32_t index = 0; index < file->text_bytes; index += 1) strings += text[index] == '\0';
  if (strings != UINT64_C(1) + file->outputs + file->labels || text[file->text_bytes - 1] != '\0') return false;
  if (!tl_utf8_valid(text, file->text_bytes, NULL)) return false;
  for (size_t at = 4 * (size_t)file->text_at + file->text_bytes; at < length; at += 1) {
    if (file->bytes[at] != 0) return false;
  }
  return true;
}

static bool check_ends(const table_file *file) {
  for (uint32_t index = 0; index <= file->outputs; index += 1) {
    const uint8_t *end = file->bytes + 4 * ((size_t)file->ends_at + TABLE_END * (size_t)index);
    uint64_t position = word(end, 0);
    uint32_t rank = word(end, 1);
    uint64_t count = 1;
    if (rank > 6) return false;
    for (uint32_t axis = 0; axis < 6; axis += 1) {
      uint32_t length = word(end, 2 + axis);
      if (length < 1 || length > TABLE_MEMORY || (axis >= rank && length != 1)) return false;
      count *= length;
      if (count > TABLE_MEMORY) return false;
    }
    if (position + count > file->memory || (index == 0 && position < file->constants)) return false;
  }
  return true;
}

bool table_file_read(table_file *file, const uint8_t *bytes, size_t length, tl_fault *fault) {
  if (length < 4 * TABLE_HEADER || length % 4 != 0 || length > TABLE_BYTES) {
    return refuse(fault, "expected a header and whole words");
  }
  if (memcmp(bytes, "TLM1", 4) != 0) return refuse(fault, "expected a file that starts with TLM1");
  if (word(bytes, 1) != TL_TABLE_VERSION) return refuse(fault, "expected version 1");
  if (word(bytes, 2) != length || word(bytes, 3) != tl_crc32(0, bytes + 16, length - 16)) {
    return refuse(fault, "expected another length or checksum: the file is damaged");
  }
  memset(file, 0, sizeof *file);
  file->bytes = bytes;
  file->memory = word(bytes, 4);
  file->constants = word(bytes, 5);
  file->blocks = word(bytes, 6);
  file->block_words = word(bytes, 7);
  file->word_count = word(bytes, 8);
  file->instructions = word(bytes, 9);
  file->program_words = word(bytes, 10);
  file->outputs = word(bytes, 11);
  file->labels = word(bytes, 12);
  file->text_bytes = word(bytes, 13);
  bool within = file->memory >= 1 && file->memory <= TABLE_MEMORY && file->constants <= file->memory &&
                file->blocks <= file->constants && file->instructions <= TABLE_INSTRUCTIONS && file->outputs >= 1 &&
                file->outputs <= TABLE_OUTPUTS && file->labels <= TABLE_LABELS && file->text_bytes <= TABLE_TEXT && word(bytes, 14) == 0 && word(bytes, 15) == 0;
  if (!within) return refuse(fault, "expected counts within limits");
  uint64_t words = length / 4;
  uint64_t sections[5] = {TABLE_END * (UINT64_C(1) + file->outputs), file->block_words, file->word_count,
                          file->program_words, ((uint64_t)file->text_bytes + 3) / 4};
  uint32_t starts[6] = {TABLE_HEADER};
  for (int index = 0; index < 5; index += 1) {
    if (sections[index] > words - starts[index]) return refuse(fault, "expected sections that fill the file");
    starts[index + 1] = starts[index] + (uint32_t)sections[index];
  }
  if (starts[5] != words || file->text_bytes == 0) return refuse(fault, "expected sections that fill the file");
  file->ends_at = starts[0];
  file->blocks_at = starts[1];
  file->words_at = starts[2];
  file->program_at = starts[3];
  file->text_at = starts[4];
  if (!check_constants(file)) return refuse(fault, "expected constants that are complete");
  if (!check_text(file, length)) return refuse(fault, "expected names and labels that are complete");
  if (!check_ends(file)) return refuse(fault, "expected input and outputs that lie in memory");
  return true;
}
