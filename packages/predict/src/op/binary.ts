import { below, checkTarget, runOf, spanOf, type Operator } from "../program.ts";

/** A row of a function of two numbers: `count` of them, with a stride for each operand. */
type Row = (m: Float32Array, count: number, a: number, da: number, b: number, db: number, t: number) => void;

/** A function that is rare enough to be called for each element. */
function row(f: (x: number, y: number) => number): Row {
  return (m, count, a, da, b, db, t) => {
    for (let k = 0; k < count; k++) m[t + k] = f(m[a + k * da], m[b + k * db]);
  };
}

const ROWS: readonly Row[] = [
  (m, count, a, da, b, db, t) => {
    for (let k = 0; k < count; k++) m[t + k] = m[a + k * da] + m[b + k * db];
  },
  (m, count, a, da, b, db, t) => {
    for (let k = 0; k < count; k++) m[t + k] = m[a + k * da] - m[b + k * db];
  },
  (m, count, a, da, b, db, t) => {
    for (let k = 0; k < count; k++) m[t + k] = m[a + k * da] * m[b + k * db];
  },
  (m, count, a, da, b, db, t) => {
    for (let k = 0; k < count; k++) m[t + k] = m[a + k * da] / m[b + k * db];
  },
  // IEEE 754 says 1 where JavaScript says NaN.
  row((x, y) => (x === 1 || (x === -1 && (y === Infinity || y === -Infinity)) ? 1 : Math.pow(x, y))),
  row((x, y) => (x > y || x !== x ? x : y)),
  row((x, y) => (x < y || x !== x ? x : y)),
];

/** `kind, lengths[4], a, strides of a[4], b, strides of b[4], target`; the target is row-major. */
export const binary: Operator = {
  words: 16,
  compile(program, args) {
    const { memory } = program;
    const [n0, n1, n2, n3] = args.subarray(1);
    const [a, a0, a1, a2, a3] = args.subarray(5);
    const [b, b0, b1, b2, b3] = args.subarray(10);
    const target = args[15];
    const each = ROWS[below(args[0], ROWS.length, "kind")];
    const lengths = args.subarray(1, 5);
    const operands = [6, 11].map((at) => {
      const strides = args.subarray(at, at + 4);
      const span = spanOf(program, args[at - 1], lengths, strides);
      // In place: the operand lies as the target does.
      let stride = 1;
      let same = args[at - 1] === target;
      for (let axis = 3; axis >= 0; axis--) {
        if (lengths[axis] !== 1 && strides[axis] !== stride) same = false;
        stride *= lengths[axis];
      }
      return same ? undefined : span;
    });
    const count = n0 * n1 * n2 * n3;
    checkTarget(program, runOf(program, target, count), operands);
    program.spend(count);
    return () => {
      let t = target;
      for (let i = 0; i < n0; i++)
        for (let j = 0; j < n1; j++)
          for (let k = 0; k < n2; k++) {
            each(memory, n3, a + i * a0 + j * a1 + k * a2, a3, b + i * b0 + j * b1 + k * b2, b3, t);
            t += n3;
          }
    };
  },
};
