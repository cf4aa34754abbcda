#ifndef TIDELINE_BYTES_H
#define TIDELINE_BYTES_H

/**
 * @file
 * Little-endian numbers in bytes, read and written byte by byte: no alignment is assumed and machines of either byte
 * order give the same result.
 */

#include <stdint.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

static inline uint16_t tl_read_u16(const uint8_t *at) { return (uint16_t)(at[0] | (uint32_t)at[1] << 8); }

static inline uint32_t tl_read_u32(const uint8_t *at) {
  return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static inline uint64_t tl_read_u64(const uint8_t *at) {
  return (uint64_t)tl_read_u32(at) | (uint64_t)tl_read_u32(at + 4) << 32;
}

static inline float tl_read_f32(const uint8_t *at) {
  uint32_t bits = tl_read_u32(at);
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

static inline double tl_read_f64(const uint8_t *at) {
  uint64_t bits = tl_read_u64(at);
  double value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

static inline void tl_write_u16(uint8_t *at, uint16_t value) {
  at[0] = (uint8_t)(value & 255u);
  at[1] = (uint8_t)(value >> 8);
}

static inline void tl_write_u32(uint8_t *at, uint32_t value) {
  at[0] = (uint8_t)(value & 255u);
  at[1] = (uint8_t)(value >> 8 & 255u);
  at[2] = (uint8_t)(value >> 16 & 255u);
  at[3] = (uint8_t)(value >> 24);
}

static inline void tl_write_u64(uint8_t *at, uint64_t value) {
  tl_write_u32(at, (uint32_t)(value & 0xffffffffu));
  tl_write_u32(at + 4, (uint32_t)(value >> 32));
}

static inline void tl_write_f32(uint8_t *at, float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  tl_write_u32(at, bits);
}

/** CRC-32 (ISO-HDLC, as in gzip: RFC 1952, section 8) of bytes. Start with 0; feed the result to go on. */
uint32_t tl_crc32(uint32_t crc, const uint8_t *bytes, size_t length);

#ifdef __cplusplus
}
#endif

#endif
