import { below, checkTarget, runOf, type Operator } from "../program.ts";

/** A function of one number with two parameters, in double precision. */
export type Unary = (x: number, p: number, q: number) => number;

/** The functions by code. */
const UNARY: readonly Unary[] = [
  (x) => x,
  (x) => -x,
  Math.abs,
  Math.sqrt,
  Math.exp,
  Math.log,
  (x) => (x < 0 ? 0 : x),
  (x, p) => (x < 0 ? p * x : x),
  (x) => 1 / (1 + Math.exp(-x)),
  Math.tanh,
  (x, p, q) => {
    const y = x < p ? p : x;
    return y > q ? q : y;
  },
  Math.trunc,
  (x) => (x === 0 ? 0 : 1),
];

/** The function with a code. */
export function unaryOf(code: number): Unary {
  return UNARY[below(code, UNARY.length, "kind")];
}

/** `kind, count, source, target, p, q`: a function of each number, in place where source and target are one. */
export const unary: Operator = {
  words: 6,
  compile(program, args, numbers) {
    const { memory } = program;
    const [, count, source, target] = args;
    const f = unaryOf(args[0]);
    const p = numbers[4];
    const q = numbers[5];
    const read = runOf(program, source, count);
    checkTarget(program, runOf(program, target, count), source === target ? [] : [read]);
    program.spend(count);
    return () => {
      for (let k = 0; k < count; k++) memory[target + k] = f(memory[source + k], p, q);
    };
  },
};
