import { inInt64, inTime, type ScalarType } from "../scalar.ts";
import { alike, type OperatorDef, signatures, strict } from "./operator-def.ts";

type Two = readonly [number, number];
type One = readonly [number];

/** Brings a result into its type: int64 and time out of range are null, -0 is 0, floats keep NaN and infinity. */
function into(type: ScalarType, value: number): number | null {
  if (type === "int64") return inInt64(value);
  return type === "time" ? inTime(value) : value + 0;
}

/**
 * Arithmetic. Float64 is IEEE 754; int64 and time out of range are null. `divide` always gives float64, and a
 * division by zero is null. `log1p` at or below -1 is null, and is the one operator whose last digit may differ
 * between machines (no standard fixes it).
 */
export const numericOperators = {
  add: {
    ...signatures("float64,float64->float64", "int64,int64->int64", "time,int64->time"),
    apply: strict<Two>(([left, right], type) => into(type, left + right)),
  },
  subtract: {
    ...signatures("float64,float64->float64", "int64,int64->int64", "time,int64->time", "time,time->int64"),
    apply: strict<Two>(([left, right], type) => into(type, left - right)),
  },
  multiply: {
    ...signatures("float64,float64->float64", "int64,int64->int64"),
    apply: strict<Two>(([left, right], type) => into(type, left * right)),
  },
  divide: {
    ...signatures("float64,float64->float64"),
    apply: strict<Two>(([left, right]) => (right === 0 ? null : left / right + 0)),
  },
  abs: {
    ...alike(1, 1, ["float64", "int64"]),
    apply: strict<One>(([value]) => Math.abs(value)),
  },
  floor: {
    ...signatures("float64->float64"),
    apply: strict<One>(([value]) => Math.floor(value)),
  },
  log1p: {
    ...signatures("float64->float64"),
    apply: strict<One>(([value]) => (value <= -1 ? null : Math.log1p(value))),
  },
  to_float: {
    ...signatures("int64->float64"),
    apply: strict<One>(([value]) => value),
  },
  is_nan: {
    ...signatures("float64->boolean"),
    apply: strict<One>(([value]) => Number.isNaN(value)),
  },
} as const satisfies Record<string, OperatorDef>;
