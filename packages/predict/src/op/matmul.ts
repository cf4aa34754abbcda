import { checkTarget, length, runOf, spanOf, type Operator } from "../program.ts";
import { dot } from "./dot.ts";
import { unaryOf } from "./unary.ts";

/**
 * `batch, m, k, n, a, strides of a[batch, m, k], b, strides of b[batch, k, n], bias or none, strides of the
 * bias[m, n], target, activation, p, q`: sums in double precision over `k` rising, rounded once.
 */
export const matmul: Operator = {
  words: 19,
  compile(program, args, numbers) {
    const { memory } = program;
    const [batch, m, k, n] = args;
    const [a, a0, a1, a2] = args.subarray(4);
    const [b, b0, b1, b2] = args.subarray(8);
    const [bias, c1, c2, target, activation] = args.subarray(12);
    const f = unaryOf(activation);
    const p = numbers[17];
    const q = numbers[18];
    const count = length(batch) * length(m) * length(n);
    checkTarget(program, runOf(program, target, count), [
      spanOf(program, a, [batch, m, k], [a0, a1, a2]),
      spanOf(program, b, [batch, k, n], [b0, b1, b2]),
      bias === -1 ? undefined : spanOf(program, bias, [m, n], [c1, c2]),
    ]);
    program.spend(count * (k + 1));
    return () => {
      let t = target;
      for (let g = 0; g < batch; g++)
        for (let i = 0; i < m; i++) {
          const left = a + g * a0 + i * a1;
          for (let j = 0; j < n; j++) {
            let sum = dot(memory, left, a2, b + g * b0 + j * b2, b1, k, 0);
            if (bias !== -1) sum += memory[bias + i * c1 + j * c2];
            memory[t++] = activation === 0 ? sum : f(sum, p, q);
          }
        }
    };
  },
};
