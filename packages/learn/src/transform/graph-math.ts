import type { GraphBuilder, Value } from "@tideline/graph";

/** A float32 scalar that broadcasts. */
export const one = (g: GraphBuilder, value: number): Value => g.constant(Float32Array.of(value), [1, 1]);

/** `a` where the condition holds, else `b`. */
export const choose = (g: GraphBuilder, condition: Value, a: Value, b: Value): Value =>
  g.op("Where", [condition, a, b]);

/**
 * log(1 + x) that keeps its digits near 0, where `1 + x` loses those of `x`: what the sum lost is put back by the quotient
 * (W. Kahan; N. J. Higham, "Accuracy and Stability of Numerical Algorithms", 2002, section 1.14.1). NaN below -1 and at it.
 */
export function log1p(g: GraphBuilder, x: Value): Value {
  const sum = g.op("Add", [x, one(g, 1)]);
  const rest = g.op("Sub", [sum, one(g, 1)]);
  const flat = g.op("Equal", [rest, one(g, 0)]);
  const divisor = choose(g, flat, one(g, 1), rest);
  const some = g.op("Greater", [sum, one(g, 0)]);
  const log = g.op("Log", [choose(g, some, sum, one(g, 1))]);
  // The quotient of huge numbers is 1, and would be NaN for infinite ones.
  const large = g.op("Greater", [x, one(g, 1e6)]);
  const kept = choose(g, large, one(g, 1), g.op("Div", [x, divisor]));
  const near = choose(g, flat, x, g.op("Mul", [log, kept]));
  return choose(g, some, near, one(g, Number.NaN));
}

/** exp(x) - 1 that keeps its digits near 0, by the same device. */
export function expm1(g: GraphBuilder, x: Value): Value {
  const power = g.op("Exp", [x]);
  const rest = g.op("Sub", [power, one(g, 1)]);
  const small = g.op("Less", [g.op("Abs", [x]), one(g, 0.5)]);
  // Away from 0 the difference is good, and the device would divide by nothing.
  const own = choose(g, small, x, one(g, 0.25));
  const u = g.op("Exp", [own]);
  const off = g.op("Sub", [u, one(g, 1)]);
  const flat = g.op("Equal", [off, one(g, 0)]);
  const log = choose(g, flat, one(g, 1), g.op("Log", [u]));
  const near = choose(g, flat, own, g.op("Mul", [off, g.op("Div", [own, log])]));
  return choose(g, small, near, rest);
}

/** The first of values where the condition holds that it is missing, else the value: NaN stays NaN. */
export function keepMissing(g: GraphBuilder, x: Value, made: Value): Value {
  return choose(g, g.op("IsNaN", [x]), x, made);
}

/** sum of `coefficients[k] * x ** k`, by Horner's rule. */
export function polynomialOf(g: GraphBuilder, coefficients: readonly number[], x: Value): Value {
  let sum: Value = one(g, coefficients.at(-1)!);
  for (let at = coefficients.length - 2; at >= 0; at--)
    sum = g.op("Add", [g.op("Mul", [sum, x]), one(g, coefficients[at]!)]);
  return sum;
}
