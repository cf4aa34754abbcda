import { inflateRawSync } from "node:zlib";

/** A file of an archive. */
export interface ZipEntry {
  readonly name: string;
  /** As it lies in the archive. */
  readonly packed: number;
  readonly size: number;
  readonly stored: boolean;
  /** Where its bytes begin. */
  readonly start: number;
  /** Its bytes; a reason where they cannot be had. */
  readonly read: () => Uint8Array | string;
}

/** Bytes of an entry that are unpacked at most: what a hostile archive swells to ends here. */
const MOST_BYTES = 1 << 29;

const END = 0x06054b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;

/** The entries of an archive by its central directory (PKWARE APPNOTE 6.3.10, without ZIP64); a reason where it has none. */
export function readZip(bytes: Uint8Array): readonly ZipEntry[] | string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let end = bytes.length - 22;
  const least = Math.max(0, end - 0xffff);
  while (end >= least && view.getUint32(end, true) !== END) end -= 1;
  if (end < least) return "no archive: the end of its directory is missing";
  const count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  const entries: ZipEntry[] = [];
  for (let index = 0; index < count; index += 1) {
    if (at + 46 > bytes.length || view.getUint32(at, true) !== CENTRAL) return "its directory is damaged";
    const [method, packed, size] = [
      view.getUint16(at + 10, true),
      view.getUint32(at + 20, true),
      view.getUint32(at + 24, true),
    ];
    const [nameLength, extra, comment] = [28, 30, 32].map((place) => view.getUint16(at + place, true)) as [
      number,
      number,
      number,
    ];
    const local = view.getUint32(at + 42, true);
    const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameLength));
    if (local + 30 > bytes.length || view.getUint32(local, true) !== LOCAL) return `entry ${name} is damaged`;
    const start = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
    const read = (): Uint8Array | string => {
      const raw = bytes.subarray(start, start + packed);
      if (raw.length < packed) return "it breaks off";
      if (method === 0) return raw;
      if (method !== 8) return `it is packed by method ${method}`;
      if (size > MOST_BYTES) return `it is ${size} bytes, more than ${MOST_BYTES}`;
      try {
        return new Uint8Array(
          inflateRawSync(raw, { maxOutputLength: Math.max(1, Math.min(MOST_BYTES, size)) }),
        );
      } catch (error) {
        return error instanceof Error ? error.message : String(error);
      }
    };
    entries.push({ name, packed, size, stored: method === 0, start, read });
    at += 46 + nameLength + extra + comment;
  }
  return entries;
}
