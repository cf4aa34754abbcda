import type { Operator } from "../program.ts";
import { along, extreme, type Line } from "./along.ts";

/** `kind, outer, count, inner, source, target`: softmax (0) or its logarithm (1) along the middle axis. */
export const softmax: Operator = {
  words: 6,
  compile(program, args) {
    const { memory } = program;
    const plain: Line = (from, to, count, step) => {
      const largest = extreme(memory, from, count, step, 1);
      let sum = 0;
      for (let k = 0; k < count; k++) {
        memory[to + k * step] = Math.exp(memory[from + k * step] - largest);
        sum += memory[to + k * step];
      }
      for (let k = 0; k < count; k++) memory[to + k * step] /= sum;
    };
    const logarithm: Line = (from, to, count, step) => {
      const largest = extreme(memory, from, count, step, 1);
      let sum = 0;
      for (let k = 0; k < count; k++) sum += Math.exp(memory[from + k * step] - largest);
      sum = Math.log(sum);
      for (let k = 0; k < count; k++) memory[to + k * step] = memory[from + k * step] - largest - sum;
    };
    return along(program, args, [plain, logarithm], true);
  },
};
