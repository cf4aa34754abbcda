#include <math.h>

#include "table_format.h"

/** `activation(sum)` as a number in single precision. */
static float activated(uint32_t kind, double sum, double p, double q) {
  return (float)(kind == 0 ? sum : table_unary(kind, sum, p, q));
}

void table_matmul(float *memory, const uint32_t *a) {
  uint32_t batch = a[0], m = a[1], depth = a[2], n = a[3];
  int64_t a0 = table_signed(a[5]), a1 = table_signed(a[6]), a2 = table_signed(a[7]);
  int64_t b0 = table_signed(a[9]), b1 = table_signed(a[10]), b2 = table_signed(a[11]);
  int64_t c1 = table_signed(a[13]), c2 = table_signed(a[14]);
  double p = (double)table_number(a[17]), q = (double)table_number(a[18]);
  float *target = memory + a[15];
  for (uint32_t g = 0; g < batch; g += 1) {
    for (uint32_t i = 0; i < m; i += 1) {
      int64_t left = a[4] + g * a0 + i * a1;
      for (uint32_t j = 0; j < n; j += 1) {
        int64_t right = a[8] + g * b0 + j * b2;
        double sum = 0;
        for (uint32_t k = 0; k < depth; k += 1) sum += (double)memory[left + k * a2] * (double)memory[right + k * b1];
        if (a[12] != TABLE_NONE) sum += (double)memory[a[12] + i * c1 + j * c2];
        *target++ = activated(a[16], sum, p, q);
      }
    }
  }
}

/** The sum of one output of a convolution, padding left out. */
static double window_sum(const float *source, const float *weight, const uint32_t *a, int64_t y0, int64_t x0) {
  uint32_t depth = a[1] / a[0];
  int64_t height = a[2], width = a[3];
  double sum = 0;
  for (uint32_t c = 0; c < depth; c += 1) {
    for (uint32_t u = 0; u < a[7]; u += 1) {
      int64_t y = y0 + (int64_t)u * a[13];
      if (y < 0 || y >= height) continue;
      const float *line = source + ((int64_t)c * height + y) * width;
      const float *w = weight + ((size_t)c * a[7] + u) * a[8];
      for (uint32_t v = 0; v < a[8]; v += 1) {
        int64_t x = x0 + (int64_t)v * a[14];
        if (x >= 0 && x < width) sum += (double)line[x] * (double)w[v];
      }
    }
  }
  return sum;
}

void table_conv(float *memory, const uint32_t *a) {
  uint32_t depth = a[1] / a[0];
  uint32_t own = a[4] / a[0];
  double p = (double)table_number(a[20]), q = (double)table_number(a[21]);
  float *target = memory + a[18];
  for (uint32_t filter = 0; filter < a[4]; filter += 1) {
    const float *source = memory + a[15] + (size_t)(filter / own) * depth * a[2] * a[3];
    const float *weight = memory + a[16] + (size_t)filter * depth * a[7] * a[8];
    double bias = a[17] == TABLE_NONE ? 0 : (double)memory[a[17] + filter];
    for (uint32_t i = 0; i < a[5]; i += 1) {
      for (uint32_t j = 0; j < a[6]; j += 1) {
        double sum = window_sum(source, weight, a, (int64_t)i * a[9] - a[11], (int64_t)j * a[10] - a[12]);
        *target++ = activated(a[19], sum + bias, p, q);
      }
    }
  }
}

/** Sum, count and largest of one output of a pooling. */
static float pooled(const float *source, const uint32_t *a, int64_t y0, int64_t x0) {
  int64_t height = a[2], width = a[3];
  bool padded = a[0] == 2;
  int64_t low = padded ? -(int64_t)a[10] : 0, near = padded ? -(int64_t)a[11] : 0;
  int64_t high = height + (padded ? a[12] : 0), far = width + (padded ? a[13] : 0);
  double sum = 0;
  double count = 0;
  float best = -INFINITY;
  for (uint32_t u = 0; u < a[6]; u += 1) {
    int64_t y = y0 + (int64_t)u * a[14];
    if (y < low || y >= high) continue;
    for (uint32_t v = 0; v < a[7]; v += 1) {
      int64_t x = x0 + (int64_t)v * a[15];
      if (x < near || x >= far) continue;
      count += 1;
      if (y < 0 || y >= height || x < 0 || x >= width) continue;
      float value = source[y * width + x];
      sum += (double)value;
      if (value > best || value != value) best = value;
    }
  }
  return a[0] == 0 ? best : (float)(sum / count);
}

void table_pool(float *memory, const uint32_t *a) {
  float *target = memory + a[17];
  for (uint32_t channel = 0; channel < a[1]; channel += 1) {
    const float *source = memory + a[16] + (size_t)channel * a[2] * a[3];
    for (uint32_t i = 0; i < a[4]; i += 1) {
      for (uint32_t j = 0; j < a[5]; j += 1) {
        *target++ = pooled(source, a, (int64_t)i * a[8] - a[10], (int64_t)j * a[9] - a[11]);
      }
    }
  }
}
