import { LARGEST } from "./format.ts";
import { demand } from "./malformed.ts";

/** What an instruction is compiled against. */
export interface Program {
  /** All numbers of a run: constants first, then what is computed. */
  readonly memory: Float32Array;
  /** How many of them are constants, which no instruction may write. */
  readonly constants: number;
  /** Index lists and the nodes of trees. */
  readonly words: Int32Array;
  /** Counts steps of a run and numbers of scratch, and refuses a table that takes too many. */
  spend(steps: number, scratch?: number): void;
}

/** One instruction ready to run. */
export type Step = () => void;

/** An operator: how many words its arguments take, and how an instruction becomes a step. */
export interface Operator {
  readonly words: number;
  /** Checks all of an instruction's arguments, given as words and as float32, then specialises it. */
  compile(program: Program, args: Int32Array, numbers: Float32Array): Step;
}

/** First and last position that an operand reaches. */
export type Span = readonly [first: number, last: number];

/** A length that an instruction names: at least 1, within limits. */
export function length(value: number): number {
  demand(value >= 1 && value <= LARGEST, "length");
  return value;
}

/** A whole number from 0 to below `end`. */
export function below(value: number, end: number, what: string): number {
  demand(value >= 0 && value < end, what);
  return value;
}

/** The span of an operand that lies in memory at `offset`, with a stride for each of its lengths. */
export function spanOf(
  program: Program,
  offset: number,
  lengths: ArrayLike<number>,
  strides: ArrayLike<number>,
): Span {
  let first = offset;
  let last = offset;
  for (let axis = 0; axis < lengths.length; axis++) {
    demand(Math.abs(strides[axis]) <= LARGEST, "stride");
    const reach = (length(lengths[axis]) - 1) * strides[axis];
    if (reach < 0) first += reach;
    else last += reach;
  }
  demand(first >= 0 && last < program.memory.length, "position");
  return [first, last];
}

/** The span of `count` numbers in a row. */
export function runOf(program: Program, offset: number, count: number): Span {
  return spanOf(program, offset, [count], [1]);
}

/** Refuses a target that holds constants, or that meets one of the operands. */
export function checkTarget(program: Program, target: Span, operands: readonly (Span | undefined)[]): void {
  demand(target[0] >= program.constants, "constant target");
  for (const operand of operands)
    demand(operand === undefined || operand[0] > target[1] || operand[1] < target[0], "overlap");
}
