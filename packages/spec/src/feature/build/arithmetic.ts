import type { Expression } from "../expression.ts";
import type { NumericType } from "../scalar.ts";
import { call, isExpression, lift, type Operand } from "./node.ts";

/** Float64 as soon as one side is. */
export type Promoted<Left extends NumericType, Right extends NumericType> = [Left, Right] extends [
  "int64",
  "int64",
]
  ? "int64"
  : "float64";

/** An int64 as float64; a float64 stays. */
export function toFloat(value: Expression<NumericType>): Expression<"float64"> {
  return value.type === "int64" ? call("to_float", [value]) : (value as Expression<"float64">);
}

/** Both sides in one type: a plain number takes the type of the left side, int64 beside float64 is promoted. */
export function promote(
  left: Expression<NumericType>,
  right: Expression<NumericType> | number,
): readonly [Expression, Expression] {
  const other: Expression<NumericType> = isExpression(right)
    ? (right as Expression<NumericType>)
    : lift(left.type, right as number);
  return left.type === other.type ? [left, other] : [toFloat(left), toFloat(other)];
}

type Numeric = Expression<NumericType>;

/** Whether the operands are left as they are: a time beside a length in milliseconds, or two times. */
function operands(left: Expression, right: Expression | number): readonly [Expression, Expression] {
  if (left.type === "time") return [left, isExpression(right) ? right : lift("int64", right as number)];
  return promote(left as Numeric, right as Numeric | number);
}

/** left + right; a time plus int64 milliseconds is a time. Int64 or time out of range is null. */
export function add(left: Expression<"time">, right: Operand<"int64">): Expression<"time">;
export function add<Left extends NumericType, Right extends NumericType = Left>(
  left: Expression<Left>,
  right: Expression<Right> | number,
): Expression<Promoted<Left, Right>>;
export function add(left: Expression, right: Expression | number): Expression {
  return call("add", operands(left, right));
}

/** left - right; a time minus int64 milliseconds is a time, two times differ by int64 milliseconds. */
export function subtract(left: Expression<"time">, right: Expression<"time">): Expression<"int64">;
export function subtract(left: Expression<"time">, right: Operand<"int64">): Expression<"time">;
export function subtract<Left extends NumericType, Right extends NumericType = Left>(
  left: Expression<Left>,
  right: Expression<Right> | number,
): Expression<Promoted<Left, Right>>;
export function subtract(left: Expression, right: Expression | number): Expression {
  return call("subtract", operands(left, right));
}

/** left * right; int64 out of range is null. */
export function multiply<Left extends NumericType, Right extends NumericType = Left>(
  left: Expression<Left>,
  right: Expression<Right> | number,
): Expression<Promoted<Left, Right>> {
  return call("multiply", promote(left, right));
}

/** left / right as float64, also of two int64; null where right is 0. */
export function divide(left: Numeric, right: Numeric | number): Expression<"float64"> {
  return call("divide", [
    toFloat(left),
    isExpression(right) ? toFloat(right as Numeric) : lift("float64", right as number),
  ]);
}

/** The absolute value. */
export function abs<Type extends NumericType>(value: Expression<Type>): Expression<Type> {
  return call("abs", [value]);
}

/** The greatest whole number that is not above the value, as float64. */
export function floor(value: Expression<"float64">): Expression<"float64"> {
  return call("floor", [value]);
}

/** ln(1 + value), accurate near 0; null at or below -1. */
export function log1p(value: Numeric): Expression<"float64"> {
  return call("log1p", [toFloat(value)]);
}
