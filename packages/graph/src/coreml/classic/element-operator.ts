import type { Binary, Unary } from "./cell-operator.ts";
import { ADD } from "./cell-operator.ts";
import type { Line } from "./cell.ts";

const finite = (constant: number, way: 1 | -1): 1 | -1 | undefined =>
  Number.isFinite(constant) ? way : undefined;

const signed = (constant: number): 1 | -1 | undefined =>
  constant === 0 || !Number.isFinite(constant) ? undefined : constant > 0 ? 1 : -1;

const scaled = ({ scale, shift }: Line, factor: number): Line => ({ scale: scale * factor, shift });

/** Operators of two numbers whose answer goes one way with each of them. */
export const BINARY_OPERATORS = {
  Add: { ...ADD, way: (constant) => finite(constant, 1) },
  Sub: {
    of: (a, b) => a - b,
    way: (constant, first) => finite(constant, first ? -1 : 1),
    line: ({ scale, shift }, constant, first) =>
      first ? { scale: -scale, shift: shift - constant / scale } : { scale, shift: shift - constant / scale },
  },
  Mul: { of: (a, b) => a * b, way: signed, line: scaled },
  Div: {
    of: (a, b) => a / b,
    way: (constant, first) => (first ? undefined : signed(constant)),
    line: ({ scale, shift }, constant) => ({ scale: scale / constant, shift }),
  },
  Max: { of: Math.max, way: () => 1 },
  Min: { of: Math.min, way: () => 1 },
} satisfies Record<string, Binary>;

/** What is left of a quotient of whole numbers. */
export const WHOLE_QUOTIENT: Binary = {
  of: (a, b) => Math.trunc(a / b),
  way: BINARY_OPERATORS.Div.way,
};

/** Operators that ask something of two numbers. */
export const QUESTION_OPERATORS = {
  Equal: (a, b) => a === b,
  Greater: (a, b) => a > b,
  GreaterOrEqual: (a, b) => a >= b,
  Less: (a, b) => a < b,
  LessOrEqual: (a, b) => a <= b,
  And: (a, b) => a !== 0 && b !== 0,
  Or: (a, b) => a !== 0 || b !== 0,
  Xor: (a, b) => (a !== 0) !== (b !== 0),
} satisfies Record<string, (a: number, b: number) => boolean>;

/** Half to even, as ONNX rounds. */
function roundHalfEven(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  return rest < 0.5 || (rest === 0.5 && floor % 2 === 0) ? floor : floor + 1;
}

/** Operators of one number that go one way, or one way on each side of a number. */
export const UNARY_OPERATORS = {
  Abs: { of: Math.abs, way: 1, turn: { at: 0, below: -1 } },
  Ceil: { of: Math.ceil, way: 1 },
  Exp: { of: Math.exp, way: 1 },
  Floor: { of: Math.floor, way: 1 },
  Identity: { of: (x) => x, way: 1, line: (line) => line },
  Log: { of: Math.log, way: 1, turn: { at: 0, below: "constant" } },
  Neg: { of: (x) => -x, way: -1, line: (line) => scaled(line, -1) },
  Relu: { of: (x) => Math.max(x, 0), way: 1 },
  Round: { of: roundHalfEven, way: 1 },
  Sigmoid: { of: (x) => 1 / (1 + Math.exp(-x)), way: 1 },
  Sign: { of: Math.sign, way: 1 },
  Softplus: { of: (x) => Math.log1p(Math.exp(-Math.abs(x))) + Math.max(x, 0), way: 1 },
  Sqrt: { of: Math.sqrt, way: 1, turn: { at: 0, below: "constant" } },
  Tanh: { of: Math.tanh, way: 1 },
} satisfies Record<string, Unary>;

/** Operators that only move numbers; what they give is looked up by moving the numbers' places. */
export const MOVEMENT_OPERATORS: ReadonlySet<string> = new Set([
  "Concat",
  "Expand",
  "Flatten",
  "Gather",
  "Reshape",
  "Slice",
  "Split",
  "Squeeze",
  "Tile",
  "Transpose",
  "Unsqueeze",
]);
