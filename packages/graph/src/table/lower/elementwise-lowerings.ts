import type { ElementwiseOpName } from "../../op/elementwise-ops.ts";
import { unlowered, type Lowering, type Unlowered } from "../lowering.ts";
import { lowerIdentity } from "./shape.ts";
import { lowerBinary, lowerCast, lowerClip, lowerLeakyRelu, lowerUnary } from "./elementwise.ts";

const NO_COMPARISON = unlowered("a table has no instruction that compares or chooses");
const NO_FUNCTION = unlowered("a table has no instruction for this function");

/** How the operators that work element by element: arithmetic, functions of one number, comparison, choice are written into a table, or why not. */
export const ELEMENTWISE_LOWERINGS = {
  Abs: lowerUnary("abs"),
  Add: lowerBinary("add"),
  And: NO_COMPARISON,
  Cast: lowerCast,
  Clip: lowerClip,
  Div: lowerBinary("div"),
  Equal: NO_COMPARISON,
  Erf: NO_FUNCTION,
  Exp: lowerUnary("exp"),
  Greater: NO_COMPARISON,
  Identity: lowerIdentity,
  LeakyRelu: lowerLeakyRelu,
  Less: NO_COMPARISON,
  Log: lowerUnary("log"),
  Max: lowerBinary("max"),
  Min: lowerBinary("min"),
  Mul: lowerBinary("mul"),
  Neg: lowerUnary("neg"),
  Not: NO_COMPARISON,
  Or: NO_COMPARISON,
  Pow: lowerBinary("pow"),
  Relu: lowerUnary("relu"),
  Sigmoid: lowerUnary("sigmoid"),
  Sign: NO_FUNCTION,
  Softplus: NO_FUNCTION,
  Sqrt: lowerUnary("sqrt"),
  Sub: lowerBinary("sub"),
  Sum: lowerBinary("add"),
  Tanh: lowerUnary("tanh"),
  Where: NO_COMPARISON,
  Xor: NO_COMPARISON,
} satisfies Record<ElementwiseOpName, Lowering | Unlowered>;
