import type { GraphBuilder, Value } from "@tideline/graph";
import { ELEMENT_TYPES } from "@tideline/graph/element-type";
import type { NumberColumn } from "./number-graph.ts";

/** Numbers of float64 in a graph. */
export interface DoubleMath {
  readonly number: (value: number) => Value;
  readonly add: (a: Value, b: Value | number) => Value;
  readonly minus: (a: Value, b: Value | number) => Value;
  readonly times: (a: Value, b: Value | number) => Value;
  /** The whole part of a quotient. */
  readonly whole: (a: Value, b: number) => Value;
  /** What is left of whole multiples. */
  readonly rest: (a: Value, b: number) => Value;
  readonly toFloat: (a: Value) => Value;
}

/** Arithmetic in float64. */
export function doubleMath(g: GraphBuilder): DoubleMath {
  const number = (value: number): Value => g.constant(Float64Array.of(value), [1, 1]);
  const as = (value: Value | number): Value => (typeof value === "number" ? number(value) : value);
  const whole = (a: Value, b: number): Value => g.op("Floor", [g.op("Div", [a, number(b)])]);
  return {
    number,
    add: (a, b) => g.op("Add", [a, as(b)]),
    minus: (a, b) => g.op("Sub", [a, as(b)]),
    times: (a, b) => g.op("Mul", [a, as(b)]),
    whole,
    rest: (a, b) => g.op("Sub", [a, g.op("Mul", [whole(a, b), number(b)])]),
    toFloat: (a) => g.op("Cast", [a], { to: ELEMENT_TYPES.float32.code }),
  };
}

/** A column in float64: as it came, or of its float32 where nothing more is known. */
export function asDouble(g: GraphBuilder, column: NumberColumn): Value {
  return column.double ?? g.op("Cast", [column.value], { to: ELEMENT_TYPES.float64.code });
}
