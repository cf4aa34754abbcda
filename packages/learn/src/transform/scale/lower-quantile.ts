import type { GraphBuilder, Value } from "@tideline/graph";
import { float32Above, float32Below } from "../float32-bound.ts";
import { choose, keepMissing, one } from "../graph-math.ts";
import { lowerNormalQuantile } from "../graph-normal-quantile.ts";
import { rowConstant } from "../number-graph.ts";
import type { LaneStates } from "../number-transform.ts";
import { normalQuantile } from "../statistics/normal-quantile.ts";
import { BOUND, type QuantileTransformerOptions } from "./quantile-option.ts";

/**
 * The rank of numbers in a graph: how many quantiles lie below, and how far the number is between the two next to it. Quantiles
 * that float32 has not are two numbers, so that steep places lose nothing.
 */
export function lowerQuantiles(
  { quantiles, used }: LaneStates,
  { nQuantiles = 1000, outputDistribution }: QuantileTransformerOptions,
  g: GraphBuilder,
  x: Value,
  width: number,
): Value {
  const most = Math.max(...used!);
  const at = (lane: number, place: number): number =>
    quantiles![lane * nQuantiles + Math.max(0, Math.min(used![lane]! - 1, place))]!;
  // [F, most], what is beyond a lane's own quantiles is never below a number.
  const table = fill(width, most, (lane, place) => (place < used![lane]! ? at(lane, place) : Infinity));
  const knots = g.constant(table, [1, width, most]);
  const cube = g.op("Unsqueeze", [x, g.ints([2])]);
  const count = (op: "Less" | "LessOrEqual"): Value =>
    g.op("ReduceSum", [g.op("Cast", [g.op(op, [knots, cube])], { to: 1 }), g.ints([2])], { keepdims: 0 });
  const [below, within] = [count("Less"), count("LessOrEqual")];
  // Where some quantiles equal x its rank is in their middle: (first + last) / 2.
  const equal = g.op("Greater", [within, below]);
  const middle = g.op("Mul", [g.op("Add", [below, g.op("Sub", [within, one(g, 1)])]), one(g, 0.5)]);
  const under = g.op("Max", [g.op("Sub", [below, one(g, 1)]), one(g, 0)]);
  const place = g.op(
    "Cast",
    [
      g.op("Add", [
        under,
        rowConstant(
          g,
          fill(1, width, (_, lane) => lane * most),
        ),
      ]),
    ],
    { to: 7 },
  );
  const take = (of: (lane: number, place: number) => number): Value =>
    g.op("Gather", [g.constant(fill(width, most, of), [width * most]), place]);
  const gap = (lane: number, next: number): number => {
    const wide = at(lane, next + 1) - at(lane, next);
    return wide > 0 && Number.isFinite(1 / wide) ? 1 / wide : 0;
  };
  const off = g.op("Sub", [
    g.op("Sub", [x, take(at)]),
    take((lane, next) => at(lane, next) - Math.fround(at(lane, next))),
  ]);
  const part = g.op("Clip", [g.op("Mul", [off, take(gap)]), g.scalar(0), g.scalar(1)]);
  const rank = choose(g, equal, middle, g.op("Add", [under, part]));
  const last = fill(1, width, (_, lane) => Math.max(1, used![lane]! - 1));
  const share = g.op("Div", [rank, rowConstant(g, last)]);
  const ends = (a: Value, b: Value, between: Value): Value => {
    const shift = outputDistribution === "normal" ? BOUND : 0;
    // What float32 numbers are beyond a bound that float32 has not.
    const [lower, higher] = shift > 0 ? [float32Above, float32Below] : [float32Below, float32Above];
    const low = rowConstant(
      g,
      fill(1, width, (_, lane) => lower(at(lane, 0) + shift)),
    );
    const high = rowConstant(
      g,
      fill(1, width, (_, lane) => higher(at(lane, used![lane]! - 1) - shift)),
    );
    const op = shift > 0 ? (["Less", "Greater"] as const) : (["LessOrEqual", "GreaterOrEqual"] as const);
    const upper = choose(g, g.op(op[1], [x, high]), b, between);
    return keepMissing(g, x, choose(g, g.op(op[0], [x, low]), a, upper));
  };
  if (outputDistribution !== "normal") return ends(one(g, 0), one(g, 1), share);
  // What is left to the upper end is computed on its own: 1 - share has few digits near it.
  const rest = g.op("Div", [
    g.op("Add", [
      g.op("Sub", [rowConstant(g, last), choose(g, equal, middle, g.op("Add", [under, one(g, 1)]))]),
      choose(g, equal, one(g, 0), g.op("Sub", [one(g, 1), part])),
    ]),
    rowConstant(g, last),
  ]);
  const extreme = normalQuantile(BOUND - Number.EPSILON);
  return ends(one(g, extreme), one(g, -extreme), lowerNormalQuantile(g, share, rest, extreme));
}

function fill(rows: number, columns: number, value: (row: number, column: number) => number): Float32Array {
  return Float32Array.from({ length: rows * columns }, (_, at) =>
    value(Math.floor(at / columns), at % columns),
  );
}
