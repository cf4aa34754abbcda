import type { Operator } from "../program.ts";
import { along, type Line } from "./along.ts";

/** `last, outer, count, inner, source, target`: where the largest is; of equal ones the first, or the last if asked. */
export const argmax: Operator = {
  words: 6,
  compile(program, args) {
    const { memory } = program;
    const line: Line = (from, to, count, step) => {
      let found = 0;
      let best = memory[from];
      for (let k = 1; k < count; k++) {
        const x = memory[from + k * step];
        if (x > best || (args[0] === 1 && x === best)) {
          best = x;
          found = k;
        }
      }
      memory[to] = found;
    };
    return along(program, args, [line, line], false);
  },
};
