import { checkTarget, spanOf, type Operator } from "../program.ts";

/** `lengths[4], source, its strides[4], target, its strides[4]`: slices, transposes, parts of a concatenation. */
export const move: Operator = {
  words: 14,
  compile(program, args) {
    const { memory } = program;
    const [n0, n1, n2, n3] = args;
    const [source, s0, s1, s2, s3] = args.subarray(4);
    const [target, t0, t1, t2, t3] = args.subarray(9);
    const lengths = args.subarray(0, 4);
    checkTarget(program, spanOf(program, target, lengths, args.subarray(10)), [
      spanOf(program, source, lengths, args.subarray(5, 9)),
    ]);
    program.spend(n0 * n1 * n2 * n3);
    return () => {
      for (let i = 0; i < n0; i++)
        for (let j = 0; j < n1; j++)
          for (let k = 0; k < n2; k++) {
            const from = source + i * s0 + j * s1 + k * s2;
            const to = target + i * t0 + j * t1 + k * t2;
            for (let l = 0; l < n3; l++) memory[to + l * t3] = memory[from + l * s3];
          }
    };
  },
};
