import type { GraphBuilder, Value } from "@tideline/graph";
import { choose, expm1, keepMissing, log1p, one } from "../graph-math.ts";
import { rowConstant, subtractPrecisely } from "../number-graph.ts";
import type { LaneStates } from "../number-transform.ts";
import { boxCox, yeoJohnson } from "./power-form.ts";

/** A power of one lane around a point: `size * expm1(power * log1p((x - point) / base)) + shift`. */
interface Around {
  readonly point: number;
  readonly base: number;
  readonly power: number;
  readonly size: number;
  readonly shift: number;
}

/**
 * Powers in a graph. They are taken around the number whose power is the mean, so that nothing is the difference of two large
 * numbers: those of a column such as `1000 +- 1` would lose all their digits.
 */
export function lowerPowers(
  { lambda, mean, scale }: LaneStates,
  method: "yeo-johnson" | "box-cox",
  g: GraphBuilder,
  x: Value,
): Value {
  const lanes = Array.from(lambda!, (own, at) => ({ own, mean: mean![at]!, scale: scale![at]! }));
  if (method === "box-cox") {
    const made = lowerAround(
      g,
      x,
      lanes.map(({ own, mean: centre, scale: by }) => aroundBoxCox(own, centre, by)),
    );
    return choose(g, g.op("Greater", [x, one(g, 0)]), made, one(g, Number.NaN));
  }
  const right = lanes.map(({ own, mean: centre, scale: by }) => aroundYeoJohnson(own, centre, by));
  // Below 0 it is the same of -x by 2 - lambda, with the sign turned.
  const left = lanes.map(({ own, mean: centre, scale: by }) => aroundYeoJohnson(2 - own, -centre, by));
  const mirrored = lowerAround(g, g.op("Max", [g.op("Neg", [x]), one(g, 0)]), left);
  const positive = lowerAround(g, g.op("Max", [x, one(g, 0)]), right);
  const made = choose(g, g.op("GreaterOrEqual", [x, one(g, 0)]), positive, g.op("Neg", [mirrored]));
  return keepMissing(g, x, made);
}

/** Powers closer to 0 than this are logarithms: float32 tells them apart no more. */
const FLAT = 1e-8;

function aroundYeoJohnson(lambda: number, mean: number, scale: number): Around {
  const point =
    mean > 0 ? Math.expm1(Math.abs(lambda) < FLAT ? mean : Math.log1p(lambda * mean) / lambda) : 0;
  const around = Number.isFinite(point) ? point : 0;
  return sized(
    around,
    1 + around,
    Math.log1p(around),
    lambda,
    scale,
    (yeoJohnson(around, lambda) - mean) / scale,
  );
}

function aroundBoxCox(lambda: number, mean: number, scale: number): Around {
  const point = Math.exp(Math.abs(lambda) < FLAT ? mean : Math.log1p(lambda * mean) / lambda);
  const around = point > 0 && Number.isFinite(point) ? point : 1;
  return sized(around, around, Math.log(around), lambda, scale, (boxCox(around, lambda) - mean) / scale);
}

function sized(
  point: number,
  base: number,
  logBase: number,
  power: number,
  scale: number,
  shift: number,
): Around {
  // The size of a power of huge numbers is a quotient of two that float64 may not have.
  const whole = Math.exp(power * logBase - Math.log(scale));
  return { point, base, power, size: Math.abs(power) < FLAT ? whole : whole / power, shift };
}

function lowerAround(g: GraphBuilder, x: Value, lanes: readonly Around[]): Value {
  const row = (of: (lane: Around) => number): Value => rowConstant(g, lanes.map(of));
  const points = lanes.map(({ point }) => point);
  const off = subtractPrecisely(
    g,
    x,
    points,
    points.map(() => 0),
  );
  const log = log1p(g, g.op("Mul", [off, row(({ base }) => 1 / base)]));
  const power = expm1(g, g.op("Mul", [log, row((lane) => lane.power)]));
  const flat = lanes.map((lane) => (Math.abs(lane.power) < FLAT ? 1 : 0));
  const grown = flat.every((is) => is === 0)
    ? power
    : choose(g, g.op("Greater", [rowConstant(g, flat), one(g, 0)]), log, power);
  const sized = g.op("Mul", [grown, row(({ size }) => size)]);
  return g.op("Add", [sized, row(({ shift }) => shift)]);
}
