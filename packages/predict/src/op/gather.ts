import { below, checkTarget, length, runOf, type Operator } from "../program.ts";

/** `outer, axis, inner, count, source, target, indices`: entries of the middle axis by a list of indices. */
export const gather: Operator = {
  words: 7,
  compile(program, args) {
    const { memory } = program;
    const [outer, axis, inner, count, source, target, list] = args;
    const read = runOf(program, source, length(outer) * length(axis) * length(inner));
    const size = outer * length(count) * inner;
    checkTarget(program, runOf(program, target, size), [read]);
    program.spend(size);
    below(list, program.words.length - count + 1, "words");
    const indices = program.words.subarray(list, list + count);
    for (let k = 0; k < count; k++) below(indices[k], axis, "index");
    return () => {
      let t = target;
      for (let i = 0; i < outer; i++)
        for (let k = 0; k < count; k++) {
          const from = source + (i * axis + indices[k]) * inner;
          for (let l = 0; l < inner; l++) memory[t++] = memory[from + l];
        }
    };
  },
};
