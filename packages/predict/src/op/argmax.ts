import { below, type Operator } from "../program.ts";
import { checkAlong } from "./reduce.ts";

/** `last, outer, count, inner, source, target`: where the largest is; of equal ones the first, or the last if asked. */
export const argmax: Operator = {
  words: 6,
  compile(program, args) {
    const { memory } = program;
    const [last, outer, count, inner, source, target] = args;
    below(last, 2, "kinds of argmax are known");
    checkAlong(program, args, false);
    return () => {
      for (let i = 0; i < outer; i++)
        for (let j = 0; j < inner; j++) {
          const from = source + i * count * inner + j;
          let found = 0;
          let best = memory[from];
          for (let k = 1; k < count; k++) {
            const x = memory[from + k * inner];
            if (x > best || (last === 1 && x === best)) {
              best = x;
              found = k;
            }
          }
          memory[target + i * inner + j] = found;
        }
    };
  },
};
