import type { GraphBuilder, Value } from "@tideline/graph";
import type { FloatArray } from "../../matrix.ts";
import { choose, log1p, one } from "../graph-math.ts";

/** What is computed of one number. */
export type UnaryName =
  | "log"
  | "log1p"
  | "exp"
  | "sqrt"
  | "abs"
  | "negate"
  | "square"
  | "reciprocal"
  | "sign"
  | "floor";

/** What is computed of two or more numbers, from the left. */
export type BinaryName = "add" | "subtract" | "multiply" | "divide" | "min" | "max";

/** A new column of columns of the same row. */
export interface Term {
  /** The new column. */
  readonly name: string;
  readonly op: UnaryName | BinaryName;
  /** The columns: one for operations of one number, two or more for others. */
  readonly of: readonly string[];
  /** What stands where the result is no finite number, such as a division by 0. Default: it is missing. Missing stays missing. */
  readonly otherwise?: number;
}

const safe = (value: number): number => (Number.isFinite(value) ? value : Number.NaN);

/** Operations of one number. */
export const UNARY: Readonly<Record<UnaryName, (x: number) => number>> = {
  log: (x) => safe(Math.log(x)),
  log1p: (x) => safe(Math.log1p(x)),
  exp: (x) => safe(Math.exp(x)),
  sqrt: (x) => safe(Math.sqrt(x)),
  abs: Math.abs,
  negate: (x) => -x,
  square: (x) => safe(x * x),
  reciprocal: (x) => safe(1 / x),
  sign: (x) => (x > 0 ? 1 : x < 0 ? -1 : x === 0 ? 0 : Number.NaN),
  floor: Math.floor,
};

/** Operations of two numbers. */
export const BINARY: Readonly<Record<BinaryName, (x: number, y: number) => number>> = {
  add: (x, y) => safe(x + y),
  subtract: (x, y) => safe(x - y),
  multiply: (x, y) => safe(x * y),
  divide: (x, y) => safe(x / y),
  min: Math.min,
  max: Math.max,
};

/** Whether an operation takes one number. */
export function isUnary(op: string): op is UnaryName {
  return Object.hasOwn(UNARY, op);
}

/** The numbers of a term. @param sources the columns of `of`. */
export function computeTerm(
  { op, otherwise }: Term,
  sources: readonly FloatArray[],
  rows: number,
): Float64Array {
  const [first, ...others] = sources;
  const out = Float64Array.from(first!);
  if (isUnary(op)) {
    const f = UNARY[op];
    for (let row = 0; row < rows; row++) out[row] = f(out[row]!);
  } else {
    const f = BINARY[op];
    for (const other of others) for (let row = 0; row < rows; row++) out[row] = f(out[row]!, other[row]!);
  }
  if (otherwise === undefined) return out;
  for (let row = 0; row < rows; row++)
    if (Number.isNaN(out[row]!) && sources.every((source) => !Number.isNaN(source[row]!)))
      out[row] = otherwise;
  return out;
}

/** The same in a graph. */
export function lowerTerm(g: GraphBuilder, { op, otherwise }: Term, sources: readonly Value[]): Value {
  const [first, ...others] = sources;
  let out = first!;
  if (isUnary(op)) out = finiteOnly(g, lowerUnary(g, op, first!));
  else for (const other of others) out = finiteOnly(g, g.op(BINARY_OPS[op], [out, other]));
  // Runtimes differ in what the lesser of a number and NaN is.
  const absent = sources.map((source) => g.op("IsNaN", [source]));
  const any = absent.reduce((a, b) => g.op("Or", [a, b]));
  const known = otherwise === undefined ? out : choose(g, g.op("IsNaN", [out]), one(g, otherwise), out);
  return choose(g, any, one(g, Number.NaN), known);
}

const BINARY_OPS = {
  add: "Add",
  subtract: "Sub",
  multiply: "Mul",
  divide: "Div",
  min: "Min",
  max: "Max",
} as const satisfies Record<BinaryName, string>;

/** NaN in place of infinities. */
function finiteOnly(g: GraphBuilder, x: Value): Value {
  return choose(g, g.op("IsInf", [x]), one(g, Number.NaN), x);
}

function lowerUnary(g: GraphBuilder, op: UnaryName, x: Value): Value {
  switch (op) {
    case "log1p":
      return log1p(g, x);
    case "square":
      return g.op("Mul", [x, x]);
    default:
      return g.op(UNARY_OPS[op], [x]);
  }
}

const UNARY_OPS = {
  log: "Log",
  exp: "Exp",
  sqrt: "Sqrt",
  abs: "Abs",
  negate: "Neg",
  reciprocal: "Reciprocal",
  sign: "Sign",
  floor: "Floor",
} as const;
