#include "tideline_bytes.h"

/** Remainders of the reflected polynomial 0xEDB88320, by half byte: 64 bytes of constants instead of 1 KiB. */
static const uint32_t REMAINDER[16] = {
    0x00000000u, 0x1db71064u, 0x3b6e20c8u, 0x26d930acu, 0x76dc4190u, 0x6b6b51f4u, 0x4db26158u, 0x5005713cu,
    0xedb88320u, 0xf00f9344u, 0xd6d6a3e8u, 0xcb61b38cu, 0x9b64c2b0u, 0x86d3d2d4u, 0xa00ae278u, 0xbdbdf21cu};

uint32_t tl_crc32(uint32_t crc, const uint8_t *bytes, size_t length) {
  uint32_t remainder = ~crc;
  for (size_t index = 0; index < length; index += 1) {
    remainder ^= bytes[index];
    remainder = remainder >> 4 ^ REMAINDER[remainder & 15u];
    remainder = remainder >> 4 ^ REMAINDER[remainder & 15u];
  }
  return ~remainder;
}
