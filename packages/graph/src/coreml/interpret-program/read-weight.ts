import { broken, type ProgramType } from "./tensor.ts";

/** What a header of weight.bin says of its numbers, and how many bytes each takes. */
const ENTRIES: Readonly<Record<number, { readonly type: ProgramType; readonly bytes: number }>> = {
  1: { type: "fp16", bytes: 2 },
  2: { type: "fp32", bytes: 4 },
  3: { type: "uint8", bytes: 1 },
  4: { type: "int8", bytes: 1 },
};

/** The numbers whose header stands at an offset of weight.bin. @throws MODEL_MALFORMED where there is no such header. */
export function readWeight(file: Uint8Array | undefined, offset: number, type: ProgramType): Float64Array {
  if (file === undefined) throw broken("weights", "weight.bin", "no such file");
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (offset < 64 || offset % 64 !== 0 || offset + 64 > file.length)
    throw broken("weights", `an offset at a multiple of 64 within ${file.length} bytes`, String(offset));
  if (view.getUint32(offset, true) !== 0xdeadbeef)
    throw broken("weights", `a header at ${offset}`, "other bytes");
  const entry = ENTRIES[view.getUint32(offset + 4, true)];
  if (entry?.type !== type)
    throw broken("weights", `numbers of ${type} at ${offset}`, entry?.type ?? "others");
  const length = Number(view.getBigUint64(offset + 8, true));
  const from = Number(view.getBigUint64(offset + 16, true));
  if (from % 64 !== 0 || from + length > file.length || length % entry.bytes !== 0)
    throw broken("weights", `${length} bytes from a multiple of 64 on`, `at ${from} of ${file.length}`);
  return Float64Array.from({ length: length / entry.bytes }, (_, at) => {
    const place = from + at * entry.bytes;
    if (type === "fp32") return view.getFloat32(place, true);
    if (type === "fp16") return view.getFloat16(place, true);
    return type === "int8" ? view.getInt8(place) : view.getUint8(place);
  });
}
