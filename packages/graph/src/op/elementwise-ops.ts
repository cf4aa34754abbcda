import { Abs } from "./Abs.ts";
import { Add } from "./Add.ts";
import { Cast } from "./Cast.ts";
import { Clip } from "./Clip.ts";
import { Div } from "./Div.ts";
import { Exp } from "./Exp.ts";
import { Identity } from "./Identity.ts";
import { LeakyRelu } from "./LeakyRelu.ts";
import { Log } from "./Log.ts";
import { Max } from "./Max.ts";
import { Min } from "./Min.ts";
import { Mul } from "./Mul.ts";
import { Neg } from "./Neg.ts";
import { Pow } from "./Pow.ts";
import { Relu } from "./Relu.ts";
import { Sigmoid } from "./Sigmoid.ts";
import { Sqrt } from "./Sqrt.ts";
import { Sub } from "./Sub.ts";
import { Tanh } from "./Tanh.ts";
import type { OpDefinition } from "./op-definition.ts";

/** The names of the operators that work element by element: arithmetic, functions of one number, comparison, choice. */
export type ElementwiseOpName =
  | "Abs"
  | "Add"
  | "Cast"
  | "Clip"
  | "Div"
  | "Exp"
  | "Identity"
  | "LeakyRelu"
  | "Log"
  | "Max"
  | "Min"
  | "Mul"
  | "Neg"
  | "Pow"
  | "Relu"
  | "Sigmoid"
  | "Sqrt"
  | "Sub"
  | "Tanh";

/** The operators that work element by element: arithmetic, functions of one number, comparison, choice. One that is missing here does not compile. */
export const ELEMENTWISE_OPS = {
  Abs,
  Add,
  Cast,
  Clip,
  Div,
  Exp,
  Identity,
  LeakyRelu,
  Log,
  Max,
  Min,
  Mul,
  Neg,
  Pow,
  Relu,
  Sigmoid,
  Sqrt,
  Sub,
  Tanh,
} satisfies Record<ElementwiseOpName, OpDefinition>;
