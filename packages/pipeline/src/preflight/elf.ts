/** What of a shared library decides whether it loads on pages of 16 KB. */
export interface ElfReport {
  /** Whether it is for processors of 64 bits, the only ones with pages of 16 KB. */
  readonly wide: boolean;
  /** The least alignment of its LOAD segments; null without one. */
  readonly alignment: number | null;
}

const LOAD = 1;

/** Reads program headers (System V ABI, chapter 5); a reason for bytes that are no ELF file or break off. */
export function readElf(bytes: Uint8Array): ElfReport | string {
  if (bytes.length < 20 || String.fromCharCode(...bytes.subarray(1, 4)) !== "ELF" || bytes[0] !== 0x7f)
    return "no ELF file";
  const wide = bytes[4] === 2;
  const little = bytes[5] === 1;
  if (bytes.length < (wide ? 64 : 52)) return "it breaks off in its header";
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const long = (at: number): number =>
    wide ? Number(view.getBigUint64(at, little)) : view.getUint32(at, little);
  const start = long(wide ? 32 : 28);
  const size = view.getUint16(wide ? 54 : 42, little);
  const count = view.getUint16(wide ? 56 : 44, little);
  if (size < (wide ? 56 : 32) || start + size * count > bytes.length)
    return "it breaks off in its program headers";
  const alignments: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const at = start + size * index;
    if (view.getUint32(at, little) === LOAD) alignments.push(long(at + (wide ? 48 : 28)));
  }
  return { wide, alignment: alignments.length === 0 ? null : Math.min(...alignments) };
}
