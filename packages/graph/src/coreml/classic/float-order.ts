const single = new DataView(new ArrayBuffer(4));

/** The places of -Infinity and Infinity among all numbers of single precision. */
export const [FIRST, LAST] = [-0x7f800001, 0x7f800000];

/**
 * The place of a number of single precision among all of them, in their order: a whole number, one more for the next
 * number; -0 comes before 0.
 */
export function placeOf(value: number): number {
  single.setFloat32(0, value);
  const bits = single.getInt32(0);
  return bits >= 0 ? bits : -(bits & 0x7fffffff) - 1;
}

/** The number at a place. */
export function numberAt(place: number): number {
  single.setInt32(0, place >= 0 ? place : (-(place + 1) | 0x80000000) >> 0);
  return single.getFloat32(0);
}

/**
 * The first place from `from` to `to` for which `holds`, `to + 1` where there is none; what holds for a place holds for all
 * behind it.
 */
export function firstPlace(from: number, to: number, holds: (value: number) => boolean): number {
  let [low, high] = [from, to + 1];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (holds(numberAt(middle))) high = middle;
    else low = middle + 1;
  }
  return low;
}
