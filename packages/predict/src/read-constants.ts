import { demand } from "./malformed.ts";
import { length } from "./program.ts";

/**
 * Fills the constants from their blocks, given as words and as float32; the blocks must lie one behind the other and
 * fill both exactly.
 *
 * @throws MODEL_MALFORMED
 */
export function readConstants(
  words: Int32Array,
  numbers: Float32Array,
  blocks: number,
  constants: Float32Array,
): void {
  let at = 0;
  let filled = 0;
  for (let block = 0; block < blocks; block++) {
    demand(at + 4 <= words.length || (words[at] === 0 && at + 2 < words.length), "constants");
    const form = words[at];
    const count = length(words[at + 1]);
    // Form 0 has no scales, form 1 has a list of them before its bytes.
    const run = form ? length(words[at + 2]) : 1;
    const scales = form ? length(words[at + 3]) : 0;
    const scale = at + 4;
    const start = form ? scale + scales : at + 2;
    at = start + (form ? (count + 3) >> 2 : count);
    demand(
      (form === 0 || form === 1) && at <= words.length && filled + count <= constants.length,
      "constants",
    );
    const bytes = new Int8Array(words.buffer, words.byteOffset + 4 * start, count);
    for (let k = 0; k < count; k++)
      constants[filled++] = form
        ? bytes[k] * numbers[scale + (Math.floor(k / run) % scales)]
        : numbers[start + k];
  }
  demand(at === words.length && filled === constants.length, "constants");
}
