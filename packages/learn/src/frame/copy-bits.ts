import type { Validity } from "./column.ts";

/**
 * Copies `count` bits of a bitmap from bit `from` to bit `to` of another, whose bits there are 0.
 */
export function copyBits(source: Validity, from: number, count: number, target: Validity, to: number): void {
  let done = 0;
  if (((from | to) & 7) === 0) {
    const whole = count >> 3;
    target.set(source.subarray(from >> 3, (from >> 3) + whole), to >> 3);
    done = whole * 8;
  }
  for (let bit = done; bit < count; bit++)
    if ((source[(from + bit) >> 3]! & (1 << ((from + bit) & 7))) !== 0)
      target[(to + bit) >> 3]! |= 1 << ((to + bit) & 7);
}

/** Sets `count` bits of a bitmap from bit `to` on. */
export function fillBits(target: Validity, to: number, count: number): void {
  const end = to + count;
  let bit = to;
  for (; bit < end && (bit & 7) !== 0; bit++) target[bit >> 3]! |= 1 << (bit & 7);
  const whole = (end - bit) >> 3;
  target.fill(255, bit >> 3, (bit >> 3) + whole);
  for (bit += whole * 8; bit < end; bit++) target[bit >> 3]! |= 1 << (bit & 7);
}
