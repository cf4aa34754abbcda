import { below, type Operator } from "../program.ts";
import { checkAlong } from "./reduce.ts";

/** `kind, outer, count, inner, source, target`: softmax (0) or its logarithm (1) along the middle axis. */
export const softmax: Operator = {
  words: 6,
  compile(program, args) {
    const { memory } = program;
    const [kind, outer, count, inner, source, target] = args;
    below(kind, 2, "kinds of softmax are known");
    checkAlong(program, args, true);
    const line = (from: number, to: number): void => {
      let largest = memory[from];
      for (let k = 1; k < count; k++) {
        const x = memory[from + k * inner];
        if (x > largest || x !== x) largest = x;
      }
      let sum = 0;
      if (kind === 1) {
        for (let k = 0; k < count; k++) sum += Math.exp(memory[from + k * inner] - largest);
        sum = Math.log(sum);
        for (let k = 0; k < count; k++) memory[to + k * inner] = memory[from + k * inner] - largest - sum;
        return;
      }
      for (let k = 0; k < count; k++) {
        memory[to + k * inner] = Math.exp(memory[from + k * inner] - largest);
        sum += memory[to + k * inner];
      }
      for (let k = 0; k < count; k++) memory[to + k * inner] /= sum;
    };
    return () => {
      for (let i = 0; i < outer; i++)
        for (let j = 0; j < inner; j++) {
          const at = i * count * inner + j;
          line(source + at, target + at);
        }
    };
  },
};
