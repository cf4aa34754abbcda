import type { ElementwiseOpName } from "../../op/elementwise-ops.ts";
import type { Lowering, Unlowered } from "../lowering.ts";
import { lowerIdentity } from "./shape.ts";
import { lowerBinary, lowerCast, lowerClip, lowerLeakyRelu, lowerUnary } from "./elementwise.ts";

/** How the operators that work element by element: arithmetic, functions of one number, comparison, choice are written into a table, or why not. */
export const ELEMENTWISE_LOWERINGS = {
  Abs: lowerUnary("abs"),
  Add: lowerBinary("add"),
  Cast: lowerCast,
  Clip: lowerClip,
  Div: lowerBinary("div"),
  Exp: lowerUnary("exp"),
  Identity: lowerIdentity,
  LeakyRelu: lowerLeakyRelu,
  Log: lowerUnary("log"),
  Max: lowerBinary("max"),
  Min: lowerBinary("min"),
  Mul: lowerBinary("mul"),
  Neg: lowerUnary("neg"),
  Pow: lowerBinary("pow"),
  Relu: lowerUnary("relu"),
  Sigmoid: lowerUnary("sigmoid"),
  Sqrt: lowerUnary("sqrt"),
  Sub: lowerBinary("sub"),
  Tanh: lowerUnary("tanh"),
} satisfies Record<ElementwiseOpName, Lowering | Unlowered>;
