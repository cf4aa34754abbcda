/** CRC-32 (IEEE 802.3: reflected, polynomial 0x04C11DB7) of the remainders of a byte. */
function remainders(): Int32Array {
  const table = new Int32Array(256);
  for (let byte = 0; byte < 256; byte++) {
    let rest = byte;
    for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ 0xedb88320 : rest >>> 1;
    table[byte] = rest;
  }
  return table;
}

/** The checksum of a table: CRC-32 of its bytes from 16 on, from 0 to 2^32 - 1. */
export function tableChecksum(bytes: Uint8Array): number {
  const table = remainders();
  let rest = -1;
  for (let at = 16; at < bytes.length; at++) rest = table[(rest ^ bytes[at]) & 255] ^ (rest >>> 8);
  return (rest ^ -1) >>> 0;
}
