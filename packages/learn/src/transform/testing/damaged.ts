import { tableChecksum } from "@tideline/graph";
import { seededRandom } from "../../random.ts";
import { HEADER } from "../stored/format.ts";

/** A stored transform damaged in many ways: some by chance, others by somebody who knows how checksums are made. */
export function damaged(bytes: Uint8Array, count = 24): readonly Uint8Array[] {
  const random = seededRandom(bytes.length);
  const out: Uint8Array[] = [
    new Uint8Array(),
    bytes.slice(0, 7),
    bytes.slice(0, -1),
    Uint8Array.of(...bytes.subarray(0, 64), 0),
  ];
  for (let at = 0; at < count; at++) {
    const other = bytes.slice();
    other[random.integer(bytes.length)]! ^= 1 << random.integer(8);
    out.push(other);
    const forged =
      at % 2 === 0 ? bytes.slice() : bytes.slice(0, HEADER + random.integer(bytes.length - HEADER));
    if (forged.length > HEADER) forged[HEADER + random.integer(forged.length - HEADER)] = random.integer(256);
    out.push(sealedAnew(forged));
  }
  return out;
}

function sealedAnew(bytes: Uint8Array): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  view.setUint32(8, bytes.length, true);
  view.setUint32(12, tableChecksum(bytes), true);
  return bytes;
}
