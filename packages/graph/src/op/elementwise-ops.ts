import { Abs } from "./Abs.ts";
import { Add } from "./Add.ts";
import { And } from "./And.ts";
import { Cast } from "./Cast.ts";
import { Clip } from "./Clip.ts";
import { Div } from "./Div.ts";
import { Equal } from "./Equal.ts";
import { Erf } from "./Erf.ts";
import { Exp } from "./Exp.ts";
import { Greater } from "./Greater.ts";
import { Identity } from "./Identity.ts";
import { LeakyRelu } from "./LeakyRelu.ts";
import { Less } from "./Less.ts";
import { Log } from "./Log.ts";
import { Max } from "./Max.ts";
import { Min } from "./Min.ts";
import { Mul } from "./Mul.ts";
import { Neg } from "./Neg.ts";
import { Not } from "./Not.ts";
import { Or } from "./Or.ts";
import { Pow } from "./Pow.ts";
import { Relu } from "./Relu.ts";
import { Sigmoid } from "./Sigmoid.ts";
import { Sign } from "./Sign.ts";
import { Softplus } from "./Softplus.ts";
import { Sqrt } from "./Sqrt.ts";
import { Sub } from "./Sub.ts";
import { Sum } from "./Sum.ts";
import { Tanh } from "./Tanh.ts";
import { Where } from "./Where.ts";
import { Xor } from "./Xor.ts";
import type { OpDefinition } from "./op-definition.ts";

/** The names of the operators that work element by element: arithmetic, functions of one number, comparison, choice. */
export type ElementwiseOpName =
  | "Abs"
  | "Add"
  | "And"
  | "Cast"
  | "Clip"
  | "Div"
  | "Equal"
  | "Erf"
  | "Exp"
  | "Greater"
  | "Identity"
  | "LeakyRelu"
  | "Less"
  | "Log"
  | "Max"
  | "Min"
  | "Mul"
  | "Neg"
  | "Not"
  | "Or"
  | "Pow"
  | "Relu"
  | "Sigmoid"
  | "Sign"
  | "Softplus"
  | "Sqrt"
  | "Sub"
  | "Sum"
  | "Tanh"
  | "Where"
  | "Xor";

/** The operators that work element by element: arithmetic, functions of one number, comparison, choice. One that is missing here does not compile. */
export const ELEMENTWISE_OPS = {
  Abs,
  Add,
  And,
  Cast,
  Clip,
  Div,
  Equal,
  Erf,
  Exp,
  Greater,
  Identity,
  LeakyRelu,
  Less,
  Log,
  Max,
  Min,
  Mul,
  Neg,
  Not,
  Or,
  Pow,
  Relu,
  Sigmoid,
  Sign,
  Softplus,
  Sqrt,
  Sub,
  Sum,
  Tanh,
  Where,
  Xor,
} satisfies Record<ElementwiseOpName, OpDefinition>;
