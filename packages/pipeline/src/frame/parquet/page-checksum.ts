import { createRequire } from "node:module";

let crc: ((bytes: Uint8Array) => number) | undefined;

/**
 * Compares the bytes of a page, packed as they stand in the file, with the CRC-32 (of gzip) that its writer kept.
 *
 * @throws Error where they are others.
 */
export function checkPage(bytes: Uint8Array, checksum: number): void {
  // Loaded with the first page that has one: most have none, and each thread would load it.
  crc ??= (createRequire(import.meta.url)("node:zlib") as typeof import("node:zlib")).crc32;
  const found = crc(bytes);
  if (found !== checksum)
    throw new Error(
      `a page of ${bytes.length} bytes whose checksum is ${hexOf(found)}, where its head says ${hexOf(checksum)}: they changed since they were written`,
    );
}

function hexOf(checksum: number): string {
  return `0x${checksum.toString(16).padStart(8, "0")}`;
}
