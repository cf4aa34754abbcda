import type { Expression } from "../expression.ts";
import type { OperatorName } from "../operator.ts";
import type { NumericType, ScalarType } from "../scalar.ts";
import { promote, type Promoted } from "./arithmetic.ts";
import { call, lift, type Operand } from "./node.ts";

type Truth = Expression<"boolean">;

/** Compares for equality: two numbers of either type, or two values of one other type. */
export interface Equality {
  (left: Expression<NumericType>, right: Expression<NumericType> | number): Truth;
  <Type extends "string" | "boolean" | "time">(left: Expression<Type>, right: Operand<Type>): Truth;
}

/** Compares by order: two numbers of either type, two strings (by code point) or two times. */
export interface Ordering {
  (left: Expression<NumericType>, right: Expression<NumericType> | number): Truth;
  <Type extends "string" | "time">(left: Expression<Type>, right: Operand<Type>): Truth;
}

/** Both sides in one type. */
function sides(left: Expression, right: Operand<ScalarType>): readonly [Expression, Expression] {
  if (left.type === "float64" || left.type === "int64") {
    return promote(left as Expression<NumericType>, right as Expression<NumericType> | number);
  }
  return [left, lift(left.type, right)];
}

function comparison(op: OperatorName): Equality {
  return (left: Expression, right: Operand<ScalarType>): Truth => call(op, sides(left, right));
}

/** left = right; null with a null side. NaN equals NaN. */
export const eq: Equality = comparison("eq");
/** left <> right; null with a null side. */
export const ne: Equality = comparison("ne");
/** left < right; null with a null side. NaN is the greatest number. */
export const lt: Ordering = comparison("lt");
/** left <= right; null with a null side. */
export const le: Ordering = comparison("le");
/** left > right; null with a null side. */
export const gt: Ordering = comparison("gt");
/** left >= right; null with a null side. */
export const ge: Ordering = comparison("ge");

/** Takes the extreme of two values; a null is ignored. */
export interface Extreme {
  <Left extends NumericType, Right extends NumericType = Left>(
    left: Expression<Left>,
    right: Expression<Right> | number,
  ): Expression<Promoted<Left, Right>>;
  <Type extends "string" | "time">(left: Expression<Type>, right: Operand<Type>): Expression<Type>;
}

/** The lesser of two values, nulls ignored (`min` is the aggregate). */
export const least: Extreme = (left: Expression, right: Operand<ScalarType>): Expression<never> =>
  call("least", sides(left, right));
/** The greater of two values, nulls ignored; NaN is the greatest (`max` is the aggregate). */
export const greatest: Extreme = (left: Expression, right: Operand<ScalarType>): Expression<never> =>
  call("greatest", sides(left, right));
