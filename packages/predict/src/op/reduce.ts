import type { Operator } from "../program.ts";
import { along, extreme, type Line } from "./along.ts";

/** `kind, outer, count, inner, source, target`: sum, mean, largest or smallest along the middle axis. */
export const reduce: Operator = {
  words: 6,
  compile(program, args) {
    const { memory } = program;
    const sum: Line = (from, to, count, step) => {
      let total = 0;
      for (let k = 0; k < count; k++) total += memory[from + k * step];
      memory[to] = args[0] === 1 ? total / count : total;
    };
    const most: Line = (from, to, count, step) => {
      memory[to] = extreme(memory, from, count, step, 1);
    };
    const least: Line = (from, to, count, step) => {
      memory[to] = extreme(memory, from, count, step, -1);
    };
    return along(program, args, [sum, sum, most, least], false);
  },
};
