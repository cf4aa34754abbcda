import { Abs } from "./Abs.ts";
import { Acos } from "./Acos.ts";
import { Acosh } from "./Acosh.ts";
import { Add } from "./Add.ts";
import { And } from "./And.ts";
import { Asin } from "./Asin.ts";
import { Asinh } from "./Asinh.ts";
import { Atan } from "./Atan.ts";
import { Atanh } from "./Atanh.ts";
import { BitwiseAnd } from "./BitwiseAnd.ts";
import { BitwiseNot } from "./BitwiseNot.ts";
import { BitwiseOr } from "./BitwiseOr.ts";
import { BitwiseXor } from "./BitwiseXor.ts";
import { Cast } from "./Cast.ts";
import { CastLike } from "./CastLike.ts";
import { Ceil } from "./Ceil.ts";
import { Celu } from "./Celu.ts";
import { Clip } from "./Clip.ts";
import { Cos } from "./Cos.ts";
import { Cosh } from "./Cosh.ts";
import { Div } from "./Div.ts";
import { Dropout } from "./Dropout.ts";
import { Elu } from "./Elu.ts";
import { Equal } from "./Equal.ts";
import { Erf } from "./Erf.ts";
import { Exp } from "./Exp.ts";
import { Floor } from "./Floor.ts";
import { Gelu } from "./Gelu.ts";
import { Greater } from "./Greater.ts";
import { GreaterOrEqual } from "./GreaterOrEqual.ts";
import { HardSigmoid } from "./HardSigmoid.ts";
import { HardSwish } from "./HardSwish.ts";
import { Identity } from "./Identity.ts";
import { IsInf } from "./IsInf.ts";
import { IsNaN } from "./IsNaN.ts";
import { LeakyRelu } from "./LeakyRelu.ts";
import { Less } from "./Less.ts";
import { LessOrEqual } from "./LessOrEqual.ts";
import { Log } from "./Log.ts";
import { Max } from "./Max.ts";
import { Mean } from "./Mean.ts";
import { Min } from "./Min.ts";
import { Mish } from "./Mish.ts";
import { Mod } from "./Mod.ts";
import { Mul } from "./Mul.ts";
import { Neg } from "./Neg.ts";
import { Not } from "./Not.ts";
import { Or } from "./Or.ts";
import { PRelu } from "./PRelu.ts";
import { Pow } from "./Pow.ts";
import { Reciprocal } from "./Reciprocal.ts";
import { Relu } from "./Relu.ts";
import { Round } from "./Round.ts";
import { Selu } from "./Selu.ts";
import { Shrink } from "./Shrink.ts";
import { Sigmoid } from "./Sigmoid.ts";
import { Sign } from "./Sign.ts";
import { Sin } from "./Sin.ts";
import { Sinh } from "./Sinh.ts";
import { Softplus } from "./Softplus.ts";
import { Softsign } from "./Softsign.ts";
import { Sqrt } from "./Sqrt.ts";
import { Sub } from "./Sub.ts";
import { Sum } from "./Sum.ts";
import { Tan } from "./Tan.ts";
import { Tanh } from "./Tanh.ts";
import { ThresholdedRelu } from "./ThresholdedRelu.ts";
import { Where } from "./Where.ts";
import { Xor } from "./Xor.ts";
import { QuantizeLinear } from "./QuantizeLinear.ts";
import { DequantizeLinear } from "./DequantizeLinear.ts";
import type { OpDefinition } from "./op-definition.ts";

/** The names of the operators that work element by element: arithmetic, functions of one number, comparison, choice. */
export type ElementwiseOpName =
  | "Abs"
  | "Acos"
  | "Acosh"
  | "Add"
  | "And"
  | "Asin"
  | "Asinh"
  | "Atan"
  | "Atanh"
  | "BitwiseAnd"
  | "BitwiseNot"
  | "BitwiseOr"
  | "BitwiseXor"
  | "Cast"
  | "CastLike"
  | "Ceil"
  | "Celu"
  | "Clip"
  | "Cos"
  | "Cosh"
  | "Div"
  | "Dropout"
  | "Elu"
  | "Equal"
  | "Erf"
  | "Exp"
  | "Floor"
  | "Gelu"
  | "Greater"
  | "GreaterOrEqual"
  | "HardSigmoid"
  | "HardSwish"
  | "Identity"
  | "IsInf"
  | "IsNaN"
  | "LeakyRelu"
  | "Less"
  | "LessOrEqual"
  | "Log"
  | "Max"
  | "Mean"
  | "Min"
  | "Mish"
  | "Mod"
  | "Mul"
  | "Neg"
  | "Not"
  | "Or"
  | "PRelu"
  | "Pow"
  | "Reciprocal"
  | "Relu"
  | "Round"
  | "Selu"
  | "Shrink"
  | "Sigmoid"
  | "Sign"
  | "Sin"
  | "Sinh"
  | "Softplus"
  | "Softsign"
  | "Sqrt"
  | "Sub"
  | "Sum"
  | "Tan"
  | "Tanh"
  | "ThresholdedRelu"
  | "Where"
  | "Xor"
  | "QuantizeLinear"
  | "DequantizeLinear";

/** The operators that work element by element: arithmetic, functions of one number, comparison, choice. One that is missing here does not compile. */
export const ELEMENTWISE_OPS = {
  Abs,
  Acos,
  Acosh,
  Add,
  And,
  Asin,
  Asinh,
  Atan,
  Atanh,
  BitwiseAnd,
  BitwiseNot,
  BitwiseOr,
  BitwiseXor,
  Cast,
  CastLike,
  Ceil,
  Celu,
  Clip,
  Cos,
  Cosh,
  Div,
  Dropout,
  Elu,
  Equal,
  Erf,
  Exp,
  Floor,
  Gelu,
  Greater,
  GreaterOrEqual,
  HardSigmoid,
  HardSwish,
  Identity,
  IsInf,
  IsNaN,
  LeakyRelu,
  Less,
  LessOrEqual,
  Log,
  Max,
  Mean,
  Min,
  Mish,
  Mod,
  Mul,
  Neg,
  Not,
  Or,
  PRelu,
  Pow,
  Reciprocal,
  Relu,
  Round,
  Selu,
  Shrink,
  Sigmoid,
  Sign,
  Sin,
  Sinh,
  Softplus,
  Softsign,
  Sqrt,
  Sub,
  Sum,
  Tan,
  Tanh,
  ThresholdedRelu,
  Where,
  Xor,
  QuantizeLinear,
  DequantizeLinear,
} satisfies Record<ElementwiseOpName, OpDefinition>;
