/** `sum` plus the products of two lines of `count` numbers, in order; every engine keeps arguments in registers. */
export function dot(
  memory: Float32Array,
  left: number,
  leftStep: number,
  right: number,
  rightStep: number,
  count: number,
  sum: number,
): number {
  let total = sum;
  let a = left;
  let b = right;
  for (let k = 0; k < count; k++) {
    total += memory[a] * memory[b];
    a += leftStep;
    b += rightStep;
  }
  return total;
}
