import type { Expression } from "../expression.ts";
import type { ScalarType } from "../scalar.ts";
import { call, lift, type Operand } from "./node.ts";

type Truth = Expression<"boolean">;

/** True if all are, false if one is false, else null. */
export function and(...args: readonly [Truth, Truth, ...Truth[]]): Truth {
  return call("and", args);
}

/** True if one is true, false if all are false, else null. */
export function or(...args: readonly [Truth, Truth, ...Truth[]]): Truth {
  return call("or", args);
}

/** The contrary; null of null. */
export function not(value: Truth): Truth {
  return call("not", [value]);
}

/** Whether a value is null. Never null itself. */
export function isNull(value: Expression): Truth {
  return call("is_null", [value]);
}

/** Whether a float64 is NaN; null of null. */
export function isNan(value: Expression<"float64">): Truth {
  return call("is_nan", [value]);
}

/** The first argument that is not null. */
export function coalesce<Type extends ScalarType>(
  first: Expression<Type>,
  ...rest: readonly [Operand<Type>, ...Operand<Type>[]]
): Expression<Type> {
  return call("coalesce", [first, ...rest.map((operand) => lift(first.type, operand))]);
}

/** `yes` where the condition is true, `no` where it is false or null. */
export function ifElse<Type extends ScalarType>(
  condition: Truth,
  yes: Expression<Type>,
  no: Operand<Type>,
): Expression<Type> {
  return call("if", [condition, yes, lift(yes.type, no)]);
}
