import { tableChecksum } from "@tideline/graph/table-checksum";
import { malformedState } from "../state-check.ts";
import type { StateValue } from "../transform-def.ts";
import { HEADER, MAGIC, MOST_BYTES, VERSION } from "./format.ts";
import { decodeState } from "./state-reader.ts";
import { encodeState } from "./state-writer.ts";

/** A plain value as a file: magic, version, length, checksum, and its canonical bytes. */
export function sealed(value: unknown): Uint8Array {
  const body = encodeState(value);
  const bytes = new Uint8Array(HEADER + body.length);
  bytes.set(MAGIC);
  bytes.set(body, HEADER);
  const view = new DataView(bytes.buffer);
  view.setUint32(4, VERSION, true);
  view.setUint32(8, bytes.length, true);
  view.setUint32(12, tableChecksum(bytes), true);
  return bytes;
}

/** What {@link sealed} held. @throws MODEL_MALFORMED for bytes that are no such file, are damaged, or of another version. */
export function unsealed(bytes: Uint8Array): StateValue {
  const who = "readTransform";
  if (bytes.length < HEADER || bytes.length > MOST_BYTES || MAGIC.some((byte, at) => bytes[at] !== byte))
    throw malformedState(who, "bytes", "a stored transform", `${bytes.length} other bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (view.getUint32(4, true) !== VERSION)
    throw malformedState(who, "version", String(VERSION), view.getUint32(4, true));
  if (view.getUint32(8, true) !== bytes.length)
    throw malformedState(who, "length", String(view.getUint32(8, true)), bytes.length);
  if (view.getUint32(12, true) !== tableChecksum(bytes))
    throw malformedState(who, "checksum", "that of the bytes", "another");
  return decodeState(bytes.subarray(HEADER));
}
