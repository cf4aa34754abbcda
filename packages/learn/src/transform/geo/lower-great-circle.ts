import type { GraphBuilder, Value } from "@tideline/graph";
import { doubleMath } from "../double-math.ts";
import { choose, one } from "../graph-math.ts";
import { EARTH_RADIUS } from "./great-circle.ts";

const RADIANS = Math.PI / 180;

/**
 * `haversine` or `bearing` in a graph: whatever is small where it matters (a difference, how far it is from a pole, from the
 * date line or from the opposite side) is a difference in float64 before it becomes float32.
 *
 * @param places latitude and longitude of both places, float64 [N, 1]
 */
export function lowerGreatCircle(
  g: GraphBuilder,
  places: readonly [Value, Value, Value, Value],
  isBearing: boolean,
): Value {
  const [latA, lonA, latB, lonB] = places;
  const m = doubleMath(g);
  const sine = (degrees: Value, share = 1): Value =>
    g.op("Sin", [m.toFloat(m.times(degrees, RADIANS * share))]);
  const mul = (x: Value, y: Value): Value => g.op("Mul", [x, y]);
  const size = (x: Value): Value => g.op("Abs", [x]);
  const off = m.minus(lonB, lonA);
  const turn = m.minus(off, m.times(m.whole(m.add(off, 180), 360), 360));
  const [east, west] = [sine(turn, 0.5), sine(m.minus(m.number(180), size(turn)), 0.5)];
  const cosine = (latitude: Value): Value => sine(m.minus(m.number(90), size(latitude)));
  const beyond = g.op("Greater", [g.op("Max", [size(latA), size(latB)]), m.number(90)]);
  // Infinities become NaN, too.
  const sum = m.times(m.add(m.add(latA, latB), m.add(lonA, lonB)), 0);
  const absent = g.op("Or", [beyond, g.op("IsNaN", [m.toFloat(sum)])]);
  const known = (value: Value): Value => choose(g, absent, one(g, Number.NaN), value);
  const cosines = mul(cosine(latA), cosine(latB));
  const squares = (half: Value, across: Value): Value =>
    g.op("Add", [mul(half, half), mul(cosines, mul(across, across))]);
  const near = squares(sine(m.minus(latB, latA), 0.5), east);
  const far = squares(sine(m.add(latB, latA), 0.5), west);
  if (!isBearing) {
    const angle = quadrantAngle(g, g.op("Sqrt", [near]), g.op("Sqrt", [far]));
    return known(mul(angle, one(g, 2 * EARTH_RADIUS)));
  }
  const away = cosine(latB);
  const x = mul(mul(mul(east, west), away), one(g, 2));
  const twice = mul(mul(sine(latA), away), one(g, 2));
  const short = g.op("Add", [sine(m.minus(latB, latA)), mul(twice, mul(east, east))]);
  const long = g.op("Sub", [sine(m.add(latB, latA)), mul(twice, mul(west, west))]);
  const y = choose(g, g.op("LessOrEqual", [near, far]), short, long);
  const sharp = quadrantAngle(g, size(x), size(y));
  const front = choose(g, g.op("Less", [y, one(g, 0)]), g.op("Sub", [one(g, Math.PI), sharp]), sharp);
  const left = g.op("Less", [x, one(g, 0)]);
  const turned = choose(g, left, g.op("Sub", [one(g, 2 * Math.PI), front]), front);
  return known(mul(turned, one(g, 180 / Math.PI)));
}

/** atan2(x, y) of numbers that are not negative, of what ONNX has: the arc tangent of the lesser by the greater. */
function quadrantAngle(g: GraphBuilder, x: Value, y: Value): Value {
  const steep = g.op("Greater", [x, y]);
  const most = choose(g, steep, x, y);
  const some = choose(g, g.op("Greater", [most, one(g, 0)]), most, one(g, 1));
  const flat = g.op("Atan", [g.op("Div", [choose(g, steep, y, x), some])]);
  return choose(g, steep, g.op("Sub", [one(g, Math.PI / 2), flat]), flat);
}
