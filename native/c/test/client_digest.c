#include "client_platform.h"

/* SHA-256 (FIPS 180-4) for a test without a platform; the constants are the first bits of the roots of primes. */
#include <math.h>
#include <string.h>

static uint32_t turn(uint32_t value, int bits) { return value >> bits | value << (32 - bits); }

/** The first 32 bits behind the point of a root of the n-th prime: the square root, or the cube root. */
static uint32_t root_bits(int index, bool cube) {
  int prime = 1;
  for (int found = -1; found < index;) {
    bool divides = false;
    prime += 1;
    for (int d = 2; d * d <= prime; d += 1) divides = divides || prime % d == 0;
    found += divides ? 0 : 1;
  }
  double root = cube ? cbrt(prime) : sqrt(prime);
  return (uint32_t)((root - floor(root)) * 4294967296.0);
}

static void add_block(uint32_t state[8], const uint8_t *block) {
  uint32_t w[64], v[8];
  for (int t = 0; t < 16; t += 1) {
    w[t] = (uint32_t)block[4 * t] << 24 | (uint32_t)block[4 * t + 1] << 16 | (uint32_t)block[4 * t + 2] << 8 | block[4 * t + 3];
  }
  for (int t = 16; t < 64; t += 1) {
    uint32_t a = turn(w[t - 15], 7) ^ turn(w[t - 15], 18) ^ w[t - 15] >> 3;
    uint32_t b = turn(w[t - 2], 17) ^ turn(w[t - 2], 19) ^ w[t - 2] >> 10;
    w[t] = w[t - 16] + a + w[t - 7] + b;
  }
  memcpy(v, state, sizeof v);
  for (int t = 0; t < 64; t += 1) {
    uint32_t e = turn(v[4], 6) ^ turn(v[4], 11) ^ turn(v[4], 25);
    uint32_t one = v[7] + e + ((v[4] & v[5]) ^ (~v[4] & v[6])) + root_bits(t, true) + w[t];
    uint32_t a = turn(v[0], 2) ^ turn(v[0], 13) ^ turn(v[0], 22);
    uint32_t two = a + ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]));
    memmove(v + 1, v, 7 * sizeof *v);
    v[4] += one;
    v[0] = one + two;
  }
  for (int k = 0; k < 8; k += 1) state[k] += v[k];
}

bool client_digest(void *context, const uint8_t *bytes, size_t length, uint8_t sha256[32]) {
  uint32_t state[8];
  uint8_t block[64];
  (void)context;
  for (int k = 0; k < 8; k += 1) state[k] = root_bits(k, false);
  size_t at = 0;
  for (; length - at >= 64; at += 64) add_block(state, bytes + at);
  size_t rest = length - at;
  memset(block, 0, sizeof block);
  memcpy(block, bytes + at, rest);
  block[rest] = 0x80;
  if (rest >= 56) {
    add_block(state, block);
    memset(block, 0, sizeof block);
  }
  for (int k = 0; k < 8; k += 1) block[63 - k] = (uint8_t)((uint64_t)length * 8 >> 8 * k);
  add_block(state, block);
  for (int k = 0; k < 32; k += 1) sha256[k] = (uint8_t)(state[k / 4] >> (24 - 8 * (k % 4)));
  return true;
}
