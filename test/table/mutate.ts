import type { Source } from "./random.ts";
import { sealed } from "./table-file.ts";

/** Words that break readers: ends of ranges, and what is near them. */
const WORDS = [
  0,
  1,
  2,
  3,
  7,
  8,
  0xff,
  0xffff,
  2 ** 24,
  2 ** 24 + 1,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32 - 2,
  2 ** 32 - 1,
];

/**
 * A table with some words or bytes changed, cut, doubled or exchanged; mostly with the right length and checksum, so
 * that what is behind them is reached.
 */
export function mutated(source: Source, bytes: Uint8Array): Uint8Array {
  let copy = bytes.slice();
  for (let change = source.int(1, 3); change > 0; change--) {
    if (copy.length < 8) break;
    const view = new DataView(copy.buffer, copy.byteOffset, copy.length);
    const word = 4 * source.int(0, (copy.length >> 2) - 1);
    switch (source.int(0, 6)) {
      case 0:
        copy[source.int(0, copy.length - 1)]! ^= 1 << source.int(0, 7);
        break;
      case 1:
        copy = copy.slice(0, 4 * source.int(0, copy.length >> 2));
        break;
      case 2: {
        const from = 4 * source.int(0, (copy.length >> 2) - 1);
        copy = Uint8Array.of(...copy.slice(0, word), ...copy.slice(from));
        break;
      }
      case 3:
        view.setUint32(word, view.getUint32(4 * source.int(0, (copy.length >> 2) - 1), true), true);
        break;
      case 4:
        view.setInt32(word, view.getInt32(word, true) + source.int(-3, 3), true);
        break;
      default:
        view.setUint32(word, source.pick(WORDS), true);
    }
  }
  if (source.int(0, 19) === 0) return copy;
  if (copy.length >= 12) new DataView(copy.buffer).setUint32(8, copy.length, true);
  return sealed(copy);
}
