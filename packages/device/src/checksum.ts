/** Remainders of the reflected polynomial 0xEDB88320, by byte. */
const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit += 1) remainder = (remainder >>> 1) ^ (remainder & 1 ? 0xedb88320 : 0);
  return remainder;
});

/** CRC-32 (ISO-HDLC, as in gzip: RFC 1952, section 8) of bytes, as an unsigned number. */
export function crc32(bytes: Uint8Array): number {
  let remainder = 0xffffffff;
  for (let index = 0; index < bytes.length; index += 1) {
    remainder = (remainder >>> 8) ^ TABLE[(remainder ^ bytes[index]!) & 255]!;
  }
  return (remainder ^ 0xffffffff) >>> 0;
}
