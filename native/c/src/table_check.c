#include "table_format.h"
#include "tideline_bytes.h"

/** Argument words by code. */
static const uint8_t ARGUMENTS[OP_COUNT] = {0, 6, 16, 14, 7, 19, 6, 6, 6, 22, 18, 12, 8};

uint32_t table_arguments(uint32_t code) { return code < OP_COUNT ? ARGUMENTS[code] : 0; }

/** First and last position that an operand reaches. */
typedef struct span {
  int64_t first, last;
} span;

/** The checks of one instruction; `rule` is the first one that was broken. */
typedef struct checker {
  const table_file *file;
  const uint32_t *args;
  const char *rule;
  uint64_t work, space;
} checker;

static void demand(checker *c, bool held, const char *rule) {
  if (!held && c->rule == NULL) c->rule = rule;
}

/** A length: from 1 to 2^24. 1 where it is not, so that what follows stays small. */
static uint64_t length(checker *c, uint32_t word) {
  bool held = word >= 1 && word <= TABLE_MEMORY;
  demand(c, held, "expected lengths within limits");
  return held ? word : 1;
}

/** A product, refused as soon as it is beyond every limit. */
static uint64_t times(checker *c, uint64_t left, uint64_t right) {
  bool held = right == 0 || left <= TABLE_WORK / right;
  demand(c, held, "expected sizes within limits");
  return held ? left * right : 0;
}

static void work(checker *c, uint64_t steps) {
  c->work += steps;
  demand(c, c->work <= TABLE_WORK, "expected a run within limits");
}

static void space(checker *c, uint64_t numbers) {
  c->space += numbers;
  demand(c, c->space <= TABLE_MEMORY, "expected memory within limits");
}

static void below(checker *c, uint64_t value, uint64_t end, const char *rule) { demand(c, value < end, rule); }

/** The span of a strided operand, which must lie in memory. */
static span strided(checker *c, uint32_t position, const uint32_t *lengths, const uint32_t *strides, int axes) {
  span found = {position, position};
  for (int axis = 0; axis < axes; axis += 1) {
    int64_t stride = table_signed(strides[axis]);
    bool held = stride <= (int64_t)TABLE_MEMORY && stride >= -(int64_t)TABLE_MEMORY;
    demand(c, held, "expected strides within limits");
    int64_t reach = held ? ((int64_t)length(c, lengths[axis]) - 1) * stride : 0;
    if (reach < 0) found.first += reach;
    else found.last += reach;
  }
  demand(c, found.first >= 0 && found.last < (int64_t)c->file->memory, "expected operands that lie in memory");
  return found;
}

/** The span of numbers in a row. */
static span row(checker *c, uint32_t position, uint64_t count) {
  demand(c, count >= 1 && position + count <= c->file->memory, "expected operands that lie in memory");
  return (span){position, (int64_t)position + (int64_t)count - 1};
}

/** A target may hold no constants and may meet no operand. */
static void target(checker *c, span written) {
  demand(c, written.first >= (int64_t)c->file->constants, "expected constants that are not written");
}

static void apart(checker *c, span written, span read) {
  demand(c, read.first > written.last || read.last < written.first, "expected a target apart from its operands");
}

static void check_unary(checker *c) {
  const uint32_t *a = c->args;
  below(c, a[0], UNARY_KINDS, "expected a known function of one number");
  uint64_t count = length(c, a[1]);
  span written = row(c, a[3], count);
  span read = row(c, a[2], count);
  target(c, written);
  if (a[2] != a[3]) apart(c, written, read);
  work(c, count);
}

/** Product of some lengths. */
static uint64_t product(checker *c, const uint32_t *lengths, int axes) {
  uint64_t result = 1;
  for (int axis = 0; axis < axes; axis += 1) result = times(c, result, length(c, lengths[axis]));
  return result;
}

static void check_binary(checker *c) {
  const uint32_t *a = c->args;
  below(c, a[0], BINARY_KINDS, "expected a known function of two numbers");
  uint64_t count = product(c, a + 1, 4);
  span written = row(c, a[15], count);
  target(c, written);
  for (int operand = 5; operand <= 10; operand += 5) {
    span read = strided(c, a[operand], a + 1, a + operand + 1, 4);
    /* In place: the operand lies as the target does. */
    bool same = a[operand] == a[15];
    uint64_t stride = 1;
    for (int axis = 3; axis >= 0; axis -= 1) {
      same = same && (a[1 + axis] == 1 || table_signed(a[operand + 1 + axis]) == (int64_t)stride);
      stride = times(c, stride, length(c, a[1 + axis]));
    }
    if (!same) apart(c, written, read);
  }
  work(c, count);
}

static void check_move(checker *c) {
  const uint32_t *a = c->args;
  span read = strided(c, a[4], a, a + 5, 4);
  span written = strided(c, a[9], a, a + 10, 4);
  target(c, written);
  apart(c, written, read);
  work(c, product(c, a, 4));
}

/** Whether `count` words from `position` on lie in the words section. */
static bool in_words(const checker *c, uint32_t position, uint64_t count) {
  return position + count <= c->file->word_count;
}

static void check_gather(checker *c) {
  const uint32_t *a = c->args;
  uint64_t count = length(c, a[3]);
  span read = row(c, a[4], product(c, a, 3));
  uint64_t size = times(c, times(c, length(c, a[0]), count), length(c, a[2]));
  span written = row(c, a[5], size);
  target(c, written);
  apart(c, written, read);
  work(c, size);
  demand(c, in_words(c, a[6], count), "expected index lists that lie in the words");
  if (c->rule != NULL) return;
  const uint8_t *indices = c->file->bytes + 4 * ((size_t)c->file->words_at + a[6]);
  for (uint64_t index = 0; index < count; index += 1) {
    below(c, tl_read_u32(indices + 4 * index), a[1], "expected indices that lie within their axis");
  }
}

static void check_matmul(checker *c) {
  const uint32_t *w = c->args;
  const uint32_t a_lengths[3] = {w[0], w[1], w[2]};
  const uint32_t b_lengths[3] = {w[0], w[2], w[3]};
  const uint32_t bias_lengths[2] = {w[1], w[3]};
  uint64_t count = times(c, times(c, length(c, w[0]), length(c, w[1])), length(c, w[3]));
  span written = row(c, w[15], count);
  target(c, written);
  apart(c, written, strided(c, w[4], a_lengths, w + 5, 3));
  apart(c, written, strided(c, w[8], b_lengths, w + 9, 3));
  if (w[12] != TABLE_NONE) apart(c, written, strided(c, w[12], bias_lengths, w + 13, 2));
  below(c, w[16], UNARY_KINDS, "expected a known activation");
  work(c, times(c, count, length(c, w[2]) + 1));
}

/** What the operators along the middle of three axes share; `kept` says that the target has the source's shape. */
static void check_along(checker *c, uint32_t kinds, bool kept) {
  const uint32_t *a = c->args;
  below(c, a[0], kinds, "expected a known kind");
  uint64_t size = product(c, a + 1, 3);
  span read = row(c, a[4], size);
  span written = row(c, a[5], kept ? size : times(c, length(c, a[1]), length(c, a[3])));
  target(c, written);
  if (!kept || a[4] != a[5]) apart(c, written, read);
  work(c, size);
}

static void check_conv(checker *c) {
  const uint32_t *a = c->args;
  for (int at = 0; at < 15; at += 1) {
    if (at < 11 || at > 12) length(c, a[at]);
    else below(c, a[at], TABLE_MEMORY, "expected padding within limits");
  }
  if (c->rule != NULL) return;
  uint32_t groups = a[0];
  demand(c, a[1] % groups == 0 && a[4] % groups == 0, "expected groups that divide channels");
  uint64_t kernel = times(c, times(c, a[1] / groups, a[7]), a[8]);
  uint64_t size = times(c, times(c, a[4], a[5]), a[6]);
  span written = row(c, a[18], size);
  target(c, written);
  apart(c, written, row(c, a[15], product(c, a + 1, 3)));
  apart(c, written, row(c, a[16], times(c, a[4], kernel)));
  if (a[17] != TABLE_NONE) apart(c, written, row(c, a[17], a[4]));
  below(c, a[19], UNARY_KINDS, "expected a known activation");
  work(c, times(c, size, kernel + 1));
}

static void check_pool(checker *c) {
  const uint32_t *a = c->args;
  below(c, a[0], POOL_KINDS, "expected a known kind of pooling");
  for (int at = 1; at < 16; at += 1) {
    if (at < 10 || at > 13) length(c, a[at]);
    else below(c, a[at], TABLE_MEMORY, "expected padding within limits");
  }
  if (c->rule != NULL) return;
  uint64_t size = times(c, times(c, a[1], a[4]), a[5]);
  span written = row(c, a[17], size);
  target(c, written);
  apart(c, written, row(c, a[16], product(c, a + 1, 3)));
  work(c, times(c, times(c, size, a[6]), a[7]));
}

static void check_trees_frame(checker *c) {
  const uint32_t *a = c->args;
  uint64_t targets = length(c, a[2]);
  span written = row(c, a[3], targets);
  target(c, written);
  apart(c, written, row(c, a[1], length(c, a[0])));
  below(c, a[9], 2, "expected a known kind of leaves");
  if (a[9] == 1) apart(c, written, row(c, a[11], times(c, length(c, a[10]), targets)));
  demand(c, a[8] >= 1 && a[8] <= 24, "expected feature bits from 1 to 24");
  demand(c, in_words(c, a[5], length(c, a[4])), "expected roots that lie in the words");
  uint64_t nodes = length(c, a[6]);
  demand(c, in_words(c, a[7], 2 * nodes), "expected nodes that lie in the words");
  work(c, nodes + targets);
  space(c, 4 * nodes);
}

static void check_spectrum(checker *c) {
  const uint32_t *a = c->args;
  uint64_t size = length(c, a[0]);
  uint64_t bins = length(c, a[2]);
  uint64_t columns = length(c, a[3]);
  demand(c, size >= 4 && a[1] + bins <= size / 2 + 1, "expected bins up to half of the size");
  const uint32_t lengths[2] = {a[0], a[3]};
  uint64_t count = times(c, 2 * bins, columns);
  span written = row(c, a[7], count);
  target(c, written);
  apart(c, written, strided(c, a[4], lengths, a + 5, 2));
  work(c, times(c, count + columns, size));
  space(c, 8 * size);
}

static void check_instruction(checker *c, uint32_t code) {
  switch (code) {
    case OP_UNARY: check_unary(c); return;
    case OP_BINARY: check_binary(c); return;
    case OP_MOVE: check_move(c); return;
    case OP_GATHER: check_gather(c); return;
    case OP_MATMUL: check_matmul(c); return;
    case OP_REDUCE: check_along(c, REDUCE_KINDS, false); return;
    case OP_SOFTMAX: check_along(c, 2, true); return;
    case OP_ARGMAX: check_along(c, 2, false); return;
    case OP_CONV: check_conv(c); return;
    case OP_POOL: check_pool(c); return;
    case OP_TREES: check_trees_frame(c); return;
    case OP_SPECTRUM: check_spectrum(c); return;
    default: demand(c, false, "expected a known operator");
  }
}

bool table_check(const table_file *file, table_needs *needs, tl_fault *fault) {
  uint32_t args[32];
  checker c = {file, args, NULL, 0, file->memory};
  uint32_t longest = 0;
  const uint8_t *program = file->bytes + 4 * (size_t)file->program_at;
  uint64_t at = 0;
  *needs = (table_needs){0, 0, 0};
  for (uint32_t index = 0; index < file->instructions && c.rule == NULL; index += 1) {
    uint32_t head = at < file->program_words ? tl_read_u32(program + 4 * at) : 0;
    uint32_t code = head & 0xffffu;
    uint32_t count = table_arguments(code);
    demand(&c, count > 0 && head >> 16 == count, "expected a known operator");
    demand(&c, at + 1 + count <= file->program_words, "expected instructions that are complete");
    if (c.rule != NULL) break;
    for (uint32_t k = 0; k < count; k += 1) args[k] = tl_read_u32(program + 4 * (at + 1 + k));
    at += 1 + (uint64_t)count;
    check_instruction(&c, code);
    if (c.rule != NULL) break;
    if (code == OP_TREES && args[6] > needs->nodes) needs->nodes = args[6];
    if (code != OP_SPECTRUM) continue;
    needs->doubles += 2 * (uint64_t)args[0];
    if (args[0] > longest) longest = args[0];
  }
  demand(&c, at == file->program_words, "expected instructions that fill their section");
  needs->doubles += 2 * (uint64_t)longest;
  needs->work = c.work;
  if (c.rule != NULL) tl_refuse(fault, TL_MODEL_MALFORMED, "table", c.rule);
  return c.rule == NULL;
}

bool table_check_trees(const tl_table *table, const uint32_t *args, uint32_t *depth, uint64_t *steps) {
  uint32_t features = args[0], targets = args[2], trees = args[4], nodes = args[6], bits = args[8], kind = args[9];
  const uint32_t *roots = table->words + args[5];
  const uint32_t *node = table->words + args[7];
  uint32_t mask = (UINT32_C(1) << bits) - 1;
  for (uint32_t k = nodes; k-- > 0;) {
    uint32_t control = node[2 * k + 1];
    uint32_t right = (control & 0x7fffffffu) >> bits;
    uint32_t feature = control & mask;
    if (right == 0) {
      if (kind == 0 ? feature >= targets : node[2 * k] >= args[10]) return false;
      depth[k] = 1;
    } else {
      if (right >= nodes - k || k + 1 >= nodes || feature >= features) return false;
      uint32_t next = depth[k + 1];
      uint32_t other = depth[k + right];
      depth[k] = 1 + (next > other ? next : other);
    }
  }
  for (uint32_t tree = 0; tree < trees; tree += 1) {
    if (roots[tree] >= nodes) return false;
    *steps += depth[roots[tree]] + (uint64_t)(kind == 1 ? targets : 1);
    if (*steps > TABLE_WORK) return false;
  }
  return true;
}
