#include <math.h>

#include "table_format.h"

void table_turns(uint32_t size, double *turns) {
  const double whole = 6.283185307179586;
  for (uint32_t k = 0; k < size; k += 1) {
    turns[k] = cos(whole * k / size);
    turns[size + k] = sin(whole * k / size);
  }
}

/** In place, from bit-reversed order: Cooley and Tukey, 1965. */
static void transform(double *re, double *im, uint32_t size, const double *turns) {
  for (uint32_t half = 1, step = size / 2; half < size; half *= 2, step /= 2) {
    for (uint32_t k = 0; k < half; k += 1) {
      double c = turns[k * step];
      double s = turns[size + k * step];
      for (uint32_t a = k; a < size; a += 2 * half) {
        uint32_t b = a + half;
        double r = re[b] * c + im[b] * s;
        double i = im[b] * c - re[b] * s;
        re[b] = re[a] - r;
        im[b] = im[a] - i;
        re[a] += r;
        im[a] += i;
      }
    }
  }
}

/** Where a spectrum's numbers go. */
typedef struct spectrum_target {
  float *at;
  uint32_t first, bins, columns;
} spectrum_target;

static void put(const spectrum_target *target, uint32_t bin, uint32_t column, double even, double odd, double sum) {
  /* The mean of a tapered cosine; that of a tapered sine is 0. */
  double mean = bin == 0 ? 0.5 : bin == 1 ? -0.25 : 0;
  size_t at = (size_t)(bin - target->first) * target->columns + column;
  target->at[at] = (float)(even - mean * sum);
  target->at[at + (size_t)target->bins * target->columns] = (float)odd;
}

/** A power of two: a fast Fourier transform of two columns at a time, one as the real and one as the imaginary part. */
static void fast(const tl_table *table, const uint32_t *a, const double *turns, const spectrum_target *target) {
  uint32_t size = a[0];
  double *re = table->waves;
  double *im = re + size;
  int64_t along = table_signed(a[5]), across = table_signed(a[6]);
  for (uint32_t column = 0; column < a[3]; column += 2) {
    bool pair = column + 1 < a[3];
    int64_t from = a[4] + column * across;
    double sum = 0;
    double other = 0;
    uint32_t reversed = 0;
    for (uint32_t t = 0; t < size; t += 1) {
      double x = (double)table->memory[from + t * along];
      double y = pair ? (double)table->memory[from + t * along + across] : 0;
      double taper = 0.5 - 0.5 * turns[t];
      sum += x;
      other += y;
      re[reversed] = taper * x;
      im[reversed] = taper * y;
      /* Counts up with the highest bit as the lowest. */
      uint32_t bit = size / 2;
      for (; bit > 0 && (reversed & bit) != 0; bit /= 2) reversed ^= bit;
      reversed |= bit;
    }
    transform(re, im, size, turns);
    for (uint32_t bin = target->first; bin < target->first + target->bins; bin += 1) {
      uint32_t back = bin == 0 ? 0 : size - bin;
      put(target, bin, column, (re[bin] + re[back]) / 2, (im[back] - im[bin]) / 2, sum);
      if (pair) put(target, bin, column + 1, (im[bin] + im[back]) / 2, (re[bin] - re[back]) / 2, other);
    }
  }
}

static void direct(const tl_table *table, const uint32_t *a, const double *turns, const spectrum_target *target) {
  uint32_t size = a[0];
  double *tapered = table->waves;
  int64_t along = table_signed(a[5]), across = table_signed(a[6]);
  for (uint32_t column = 0; column < a[3]; column += 1) {
    int64_t from = a[4] + column * across;
    double sum = 0;
    for (uint32_t t = 0; t < size; t += 1) {
      double x = (double)table->memory[from + t * along];
      sum += x;
      tapered[t] = (0.5 - 0.5 * turns[t]) * x;
    }
    for (uint32_t bin = target->first; bin < target->first + target->bins; bin += 1) {
      double even = 0;
      double odd = 0;
      uint32_t turn = 0;
      for (uint32_t t = 0; t < size; t += 1) {
        even += tapered[t] * turns[turn];
        odd += tapered[t] * turns[size + turn];
        turn += bin;
        if (turn >= size) turn -= size;
      }
      put(target, bin, column, even, odd, sum);
    }
  }
}

void table_spectrum(const tl_table *table, const uint32_t *a, const double *turns) {
  spectrum_target target = {table->memory + a[7], a[1], a[2], a[3]};
  if ((a[0] & (a[0] - 1)) == 0) fast(table, a, turns, &target);
  else direct(table, a, turns, &target);
}
