#include "table_format.h"

/**
 * Walks every tree and adds up its leaves, in single precision and in the order of the trees. Nodes stay as they
 * are in the file, two words each: on the trees of a phone half the bytes count for more than unpacked fields.
 */
void table_trees(float *memory, const uint32_t *words, const uint32_t *a) {
  const float *source = memory + a[1];
  float *target = memory + a[3];
  uint32_t targets = a[2];
  const uint32_t *roots = words + a[5];
  const uint32_t *nodes = words + a[7];
  uint32_t bits = a[8];
  uint32_t mask = (UINT32_C(1) << bits) - 1;
  for (uint32_t index = 0; index < targets; index += 1) target[index] = 0;
  for (uint32_t tree = 0; tree < a[4]; tree += 1) {
    const uint32_t *node = nodes + 2 * (size_t)roots[tree];
    for (;;) {
      uint32_t control = node[1];
      size_t right = (control & 0x7fffffffu) >> bits;
      if (right == 0) break;
      float x = source[control & mask];
      /* Of a comparison that is false, a NaN goes on to the next node only where the node says so. */
      bool next = x <= table_number(node[0]) || (x != x && control >> 31 != 0);
      node += next ? 2 : 2 * right;
    }
    if (a[9] == 0) {
      target[node[1] & mask] += table_number(node[0]);
      continue;
    }
    const float *row = memory + a[11] + (size_t)node[0] * targets;
    for (uint32_t index = 0; index < targets; index += 1) target[index] += row[index];
  }
}
