import type { GraphBuilder, Value } from "@tideline/graph";
import { choose, one, polynomialOf } from "./graph-math.ts";

/** M. J. Wichura, "Algorithm AS 241", 1988: PPND7, for float32. */
const CENTRE = [
  [3.3871327179, 50.434271938, 159.29113202, 59.10937472],
  [1, 17.895169469, 78.757757664, 67.1875636],
] as const;
const MIDDLE = [
  [1.4234372777, 2.75681539, 1.306728412, 0.17023821103],
  [1, 0.7370016425, 0.12021132975],
] as const;
const TAIL = [
  [6.657905115, 3.081226386, 0.42868294337, 0.017337203997],
  [1, 0.24197894225, 0.012258202635],
] as const;

/**
 * The standard normal number below which one falls with probability `p`, in a graph.
 *
 * @param p float32, in [0, 1]
 * @param rest 1 - p, with digits of its own
 * @param least the least number that comes out; the largest is its negative
 */
export function lowerNormalQuantile(g: GraphBuilder, p: Value, rest: Value, least: number): Value {
  const off = g.op("Mul", [g.op("Sub", [p, rest]), one(g, 0.5)]);
  const square = g.op("Mul", [off, off]);
  const ratio = ([top, bottom]: readonly [readonly number[], readonly number[]], x: Value): Value =>
    g.op("Div", [polynomialOf(g, top, x), polynomialOf(g, bottom, x)]);
  const near = g.op("LessOrEqual", [g.op("Abs", [off]), one(g, 0.425)]);
  const r0 = choose(g, near, g.op("Sub", [one(g, 0.180625), square]), one(g, 0));
  const central = g.op("Mul", [off, ratio(CENTRE, r0)]);
  const tail = g.op("Max", [g.op("Min", [p, rest]), one(g, 1e-30)]);
  const root = g.op("Sqrt", [g.op("Neg", [g.op("Log", [tail])])]);
  const far = g.op("Greater", [root, one(g, 5)]);
  const size = choose(
    g,
    far,
    ratio(TAIL, g.op("Sub", [root, one(g, 5)])),
    ratio(MIDDLE, g.op("Sub", [root, one(g, 1.6)])),
  );
  const outer = g.op("Mul", [g.op("Sign", [off]), size]);
  return g.op("Clip", [choose(g, near, central, outer), g.scalar(least), g.scalar(-least)]);
}
