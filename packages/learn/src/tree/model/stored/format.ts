/** "TLTE", the first bytes of a stored ensemble. */
export const MAGIC = Uint8Array.of(0x54, 0x4c, 0x54, 0x45);

/** The version that is written, and the only one that there is. */
export const VERSION = 1;

/** Magic, version, length and checksum (that of model tables): 4 bytes each. */
export const HEADER = 16;

/** Bytes of a stored ensemble at most. */
export const MOST_BYTES = 2 ** 30;
