import { below, checkTarget, length, runOf, type Operator, type Program } from "../program.ts";

/** What the operators along the middle of three axes share: `outer, count, inner, source, target`. */
export function checkAlong(program: Program, args: Int32Array, kept: boolean): void {
  const [, outer, count, inner, source, target] = args;
  const size = length(outer) * length(count) * length(inner);
  const read = runOf(program, source, size);
  const written = runOf(program, target, kept ? size : outer * inner);
  checkTarget(program, written, kept && source === target ? [] : [read]);
  program.work(size);
}

/** `kind, outer, count, inner, source, target`: sum, mean, largest or smallest along the middle axis. */
export const reduce: Operator = {
  words: 6,
  compile(program, args) {
    const { memory } = program;
    const [kind, outer, count, inner, source, target] = args;
    below(kind, 4, "reductions are known");
    checkAlong(program, args, false);
    const divisor = kind === 1 ? count : 1;
    const sum = (from: number): number => {
      let total = 0;
      for (let k = 0; k < count; k++) total += memory[from + k * inner];
      return total / divisor;
    };
    const most = (from: number): number => {
      let best = memory[from];
      for (let k = 1; k < count; k++) {
        const x = memory[from + k * inner];
        if (x > best || x !== x) best = x;
      }
      return best;
    };
    const least = (from: number): number => {
      let best = memory[from];
      for (let k = 1; k < count; k++) {
        const x = memory[from + k * inner];
        if (x < best || x !== x) best = x;
      }
      return best;
    };
    const line = kind < 2 ? sum : kind === 2 ? most : least;
    return () => {
      for (let i = 0; i < outer; i++)
        for (let j = 0; j < inner; j++) memory[target + i * inner + j] = line(source + i * count * inner + j);
    };
  },
};
