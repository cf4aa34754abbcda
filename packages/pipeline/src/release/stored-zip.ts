import { crc32 } from "node:zlib";
import type { ArtifactFile } from "./matrix/model-artifact.ts";

/** Names are UTF-8 (bit 11 of the general flags). */
const UTF8 = 1 << 11;

/** The first of January 1980, the first day that an archive can tell: the same files give the same bytes. */
const DAY = (1 << 5) | 1;

/** Version of the format that reads folders (2.0). */
const NEEDED = 20;

/** Fields of 2 or 4 bytes, little-endian, then bytes. */
function record(fields: readonly (readonly [size: 2 | 4, value: number])[], ...tail: readonly Uint8Array[]) {
  const view = new DataView(new ArrayBuffer(fields.reduce((sum, [size]) => sum + size, 0)));
  let at = 0;
  for (const [size, value] of fields) {
    if (size === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value, true);
    at += size;
  }
  return Buffer.concat([new Uint8Array(view.buffer), ...tail]);
}

/**
 * Files as one archive (PKWARE APPNOTE 6.3.10) in the order of their paths, none of them compressed: weights hardly shrink, chunks of one
 * release are found again in the next, and a reader is some thirty lines where a platform has none. The same files give the same
 * bytes.
 *
 * @example
 * const bytes = storedZip([{ path: "gym.mlpackage/Manifest.json", bytes: manifest }]);
 */
export function storedZip(files: readonly ArtifactFile[]): Uint8Array {
  const locals: Uint8Array[] = [];
  const central: Uint8Array[] = [];
  let start = 0;
  for (const { path, bytes } of files.toSorted((left, right) => (left.path < right.path ? -1 : 1))) {
    const name = new TextEncoder().encode(path);
    const shared = [
      [2, NEEDED],
      [2, UTF8],
      // Stored.
      [2, 0],
      [2, 0],
      [2, DAY],
      [4, crc32(bytes)],
      [4, bytes.length],
      [4, bytes.length],
      [2, name.length],
      [2, 0],
    ] as const;
    const local = record([[4, 0x04034b50], ...shared], name, bytes);
    const rest = [
      [2, 0],
      [2, 0],
      [2, 0],
      [4, 0],
      [4, start],
    ] as const;
    central.push(record([[4, 0x02014b50], [2, NEEDED], ...shared, ...rest], name));
    locals.push(local);
    start += local.length;
  }
  const directory = Buffer.concat(central);
  const end = record([
    [4, 0x06054b50],
    [2, 0],
    [2, 0],
    [2, files.length],
    [2, files.length],
    [4, directory.length],
    [4, start],
    [2, 0],
  ]);
  return new Uint8Array(Buffer.concat([...locals, directory, end]));
}
