/** The words of a constant block; bytes are in place already. */
export type Block = Uint8Array;

function wordsOf(
  words: readonly number[],
  floats: ArrayLike<number>,
  bytes: Int8Array = new Int8Array(0),
): Block {
  const size = 4 * (words.length + floats.length) + bytes.length;
  const block = new Uint8Array(4 * Math.ceil(size / 4));
  const view = new DataView(block.buffer);
  for (const [at, word] of words.entries()) view.setUint32(4 * at, word, true);
  for (let at = 0; at < floats.length; at++) view.setFloat32(4 * (words.length + at), floats[at]!, true);
  block.set(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length), 4 * (words.length + floats.length));
  return block;
}

/** The scale by which all values are whole numbers of at most 127, without any loss; undefined where there is none. */
function exactScale(values: Float32Array): number | undefined {
  let scale = Infinity;
  for (const value of values) {
    if (Object.is(value, -0)) return undefined;
    if (value !== 0) scale = Math.min(scale, Math.abs(value));
  }
  if (scale === Infinity) scale = 1;
  const fits = values.every((value) => Number.isInteger(value / scale) && Math.abs(value / scale) <= 127);
  return fits && Number.isFinite(scale) ? scale : undefined;
}

/** Shorter constants gain nothing from another form. */
const SHORT = 8;

/** Constants as a block: bytes and one scale where that loses nothing, else float32. */
export function constantBlock(values: Float32Array): Block {
  const scale = values.length < SHORT ? undefined : exactScale(values);
  if (scale === undefined) return wordsOf([0, values.length], values);
  const bytes = Int8Array.from(values, (value) => value / scale);
  return wordsOf([1, values.length, values.length, 1], [scale], bytes);
}
