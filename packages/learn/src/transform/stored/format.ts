/** "TLTF", the first bytes of a stored transform. */
export const MAGIC = Uint8Array.of(0x54, 0x4c, 0x54, 0x46);

/** The version that is written, and the only one that there is. */
export const VERSION = 1;

/** Magic, version, length and checksum (that of model tables): 4 bytes each. */
export const HEADER = 16;

/** Bytes of a stored transform at most. */
export const MOST_BYTES = 2 ** 30;

/** How deep lists and records may lie in one another. */
export const MOST_DEPTH = 32;

/** What a value's first byte says. */
export const TAGS = {
  null: 0,
  false: 1,
  true: 2,
  number: 3,
  text: 4,
  float64: 5,
  float32: 6,
  int32: 7,
  bytes: 8,
  list: 9,
  record: 10,
} as const;
