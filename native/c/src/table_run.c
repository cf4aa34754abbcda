#include <math.h>
#include <string.h>

#include "table_format.h"

double table_unary(uint32_t kind, double x, double p, double q) {
  switch (kind) {
    case 1: return -x;
    case 2: return fabs(x);
    case 3: return sqrt(x);
    case 4: return exp(x);
    case 5: return log(x);
    case 6: return x < 0 ? 0 : x;
    case 7: return x < 0 ? p * x : x;
    case 8: return 1 / (1 + exp(-x));
    case 9: return tanh(x);
    case 10: {
      double y = x < p ? p : x;
      return y > q ? q : y;
    }
    case 11: return trunc(x);
    case 12: return x == 0 ? 0 : 1;
    default: return x;
  }
}

static void run_unary(float *memory, const uint32_t *a) {
  const float *source = memory + a[2];
  float *target = memory + a[3];
  double p = (double)table_number(a[4]);
  double q = (double)table_number(a[5]);
  for (uint32_t index = 0; index < a[1]; index += 1) target[index] = (float)table_unary(a[0], (double)source[index], p, q);
}

static double binary(uint32_t kind, double x, double y) {
  switch (kind) {
    case 0: return x + y;
    case 1: return x - y;
    case 2: return x * y;
    case 3: return x / y;
    case 4: return pow(x, y);
    case 5: return x > y || x != x ? x : y;
    default: return x < y || x != x ? x : y;
  }
}

/** Walks the first three of four axes; calls for each row of the last. */
static void run_binary(float *memory, const uint32_t *a) {
  const uint32_t *n = a + 1;
  float *target = memory + a[15];
  for (uint32_t i = 0; i < n[0]; i += 1) {
    for (uint32_t j = 0; j < n[1]; j += 1) {
      for (uint32_t k = 0; k < n[2]; k += 1) {
        int64_t left = a[5] + i * table_signed(a[6]) + j * table_signed(a[7]) + k * table_signed(a[8]);
        int64_t right = a[10] + i * table_signed(a[11]) + j * table_signed(a[12]) + k * table_signed(a[13]);
        int64_t left_step = table_signed(a[9]);
        int64_t right_step = table_signed(a[14]);
        for (uint32_t l = 0; l < n[3]; l += 1) {
          *target++ = (float)binary(a[0], (double)memory[left + l * left_step], (double)memory[right + l * right_step]);
        }
      }
    }
  }
}

static void run_move(float *memory, const uint32_t *a) {
  for (uint32_t i = 0; i < a[0]; i += 1) {
    for (uint32_t j = 0; j < a[1]; j += 1) {
      for (uint32_t k = 0; k < a[2]; k += 1) {
        int64_t from = a[4] + i * table_signed(a[5]) + j * table_signed(a[6]) + k * table_signed(a[7]);
        int64_t to = a[9] + i * table_signed(a[10]) + j * table_signed(a[11]) + k * table_signed(a[12]);
        int64_t from_step = table_signed(a[8]);
        int64_t to_step = table_signed(a[13]);
        for (uint32_t l = 0; l < a[3]; l += 1) memory[to + l * to_step] = memory[from + l * from_step];
      }
    }
  }
}

static void run_gather(float *memory, const uint32_t *words, const uint32_t *a) {
  const uint32_t *indices = words + a[6];
  float *target = memory + a[5];
  size_t inner = a[2];
  for (uint32_t outer = 0; outer < a[0]; outer += 1) {
    for (uint32_t k = 0; k < a[3]; k += 1) {
      memcpy(target, memory + a[4] + ((size_t)outer * a[1] + indices[k]) * inner, inner * sizeof *target);
      target += inner;
    }
  }
}

/** The largest (or smallest) of a line: a later number that is greater or NaN takes the place of an earlier one. */
static float extreme(const float *from, uint32_t count, size_t step, bool largest) {
  float best = from[0];
  for (uint32_t k = 1; k < count; k += 1) {
    float x = from[k * step];
    if (x != x || (largest ? x > best : x < best)) best = x;
  }
  return best;
}

static float reduce_line(uint32_t kind, const float *from, uint32_t count, size_t step) {
  if (kind >= 2) return extreme(from, count, step, kind == 2);
  double sum = 0;
  for (uint32_t k = 0; k < count; k += 1) sum += (double)from[k * step];
  return (float)(kind == 1 ? sum / count : sum);
}

static float largest_at(uint32_t last, const float *from, uint32_t count, size_t step) {
  uint32_t found = 0;
  for (uint32_t k = 1; k < count; k += 1) {
    float x = from[k * step];
    float best = from[found * step];
    if (x > best || (last == 1 && x == best)) found = k;
  }
  return (float)found;
}

static void softmax_line(uint32_t kind, const float *from, float *to, uint32_t count, size_t step) {
  double largest = (double)extreme(from, count, step, true);
  double sum = 0;
  if (kind == 1) {
    for (uint32_t k = 0; k < count; k += 1) sum += exp((double)from[k * step] - largest);
    sum = log(sum);
    for (uint32_t k = 0; k < count; k += 1) to[k * step] = (float)((double)from[k * step] - largest - sum);
    return;
  }
  for (uint32_t k = 0; k < count; k += 1) {
    float part = (float)exp((double)from[k * step] - largest);
    to[k * step] = part;
    sum += (double)part;
  }
  for (uint32_t k = 0; k < count; k += 1) to[k * step] = (float)((double)to[k * step] / sum);
}

/** `reduce`, `softmax` and `argmax`: along the middle of three axes. */
static void run_along(float *memory, uint32_t code, const uint32_t *a) {
  uint32_t count = a[2];
  size_t inner = a[3];
  for (uint32_t i = 0; i < a[1]; i += 1) {
    for (size_t j = 0; j < inner; j += 1) {
      const float *from = memory + a[4] + i * count * inner + j;
      float *to = memory + a[5];
      if (code == OP_SOFTMAX) softmax_line(a[0], from, to + i * count * inner + j, count, inner);
      else if (code == OP_REDUCE) to[i * inner + j] = reduce_line(a[0], from, count, inner);
      else to[i * inner + j] = largest_at(a[0], from, count, inner);
    }
  }
}

void table_run(tl_table *table) {
  float *memory = table->memory;
  const uint32_t *at = table->program;
  const double *turns = table->waves + 2 * (size_t)table->longest;
  for (uint32_t index = 0; index < table->instructions; index += 1) {
    uint32_t code = *at & 0xffffu;
    const uint32_t *args = at + 1;
    at = args + table_arguments(code);
    switch (code) {
      case OP_UNARY: run_unary(memory, args); break;
      case OP_BINARY: run_binary(memory, args); break;
      case OP_MOVE: run_move(memory, args); break;
      case OP_GATHER: run_gather(memory, table->words, args); break;
      case OP_MATMUL: table_matmul(memory, args); break;
      case OP_CONV: table_conv(memory, args); break;
      case OP_POOL: table_pool(memory, args); break;
      case OP_TREES: table_trees(memory, table->words, args); break;
      case OP_SPECTRUM:
        table_spectrum(table, args, turns);
        turns += 2 * (size_t)args[0];
        break;
      default: run_along(memory, code, args);
    }
  }
}
