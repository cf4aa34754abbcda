import { blobCodeOf, type MilType, type MilValues } from "./mil-type.ts";

/** Every part of the file begins at a multiple of this. */
const ALIGNMENT = 64;
const VERSION = 2;
/** What each entry's header begins with. */
const SENTINEL = 0xdeadbeef;

/** Where constants are put that a program does not hold itself. */
export interface WeightFile {
  /** The offset of a constant's header, by which the program names it. */
  add(type: MilType, values: MilValues): number;
  /** The file, or undefined where it holds nothing. */
  finish(): Uint8Array | undefined;
}

const aligned = (length: number): number => Math.ceil(length / ALIGNMENT) * ALIGNMENT;

/**
 * `weight.bin`: a header with the number of entries; each entry a header of 64 bytes (sentinel, type, size, where its
 * numbers begin) and its numbers, little-endian, from a multiple of 64 on. Source: MILBlob/Blob/StorageFormat.hpp of
 * Apple's coremltools (BSD-3-Clause).
 */
export function weightFile(): WeightFile {
  const entries: { readonly offset: number; readonly code: number; readonly bytes: Uint8Array }[] = [];
  let end = ALIGNMENT;
  return {
    add(type, values) {
      const offset = end;
      const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
      entries.push({ offset, code: blobCodeOf(type)!, bytes });
      end = aligned(offset + ALIGNMENT + bytes.length);
      return offset;
    },
    finish() {
      const last = entries.at(-1);
      if (last === undefined) return undefined;
      const file = new Uint8Array(last.offset + ALIGNMENT + last.bytes.length);
      const view = new DataView(file.buffer);
      view.setUint32(0, entries.length, true);
      view.setUint32(4, VERSION, true);
      for (const { offset, code, bytes } of entries) {
        view.setUint32(offset, SENTINEL, true);
        view.setUint32(offset + 4, code, true);
        view.setBigUint64(offset + 8, BigInt(bytes.length), true);
        view.setBigUint64(offset + 16, BigInt(offset + ALIGNMENT), true);
        file.set(bytes, offset + ALIGNMENT);
      }
      return file;
    },
  };
}
