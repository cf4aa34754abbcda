import type { GraphBuilder, Value } from "@tideline/graph";
import { ELEMENT_TYPES } from "@tideline/graph/element-type";
import { doubleMath } from "../double-math.ts";
import { CALENDAR_PARTS, DAY, type CalendarPart } from "./calendar-part.ts";
import type { ZoneTable } from "./time-zone.ts";

/** Local time of UTC by a table of offsets: the sum of all changes so far. @param instant float64, [N, 1] */
export function lowerLocal(g: GraphBuilder, instant: Value, { changes, offsets }: ZoneTable): Value {
  const { add, number } = doubleMath(g);
  const first = add(instant, offsets[0]!);
  if (changes.length === 0) return first;
  const passed = g.op("GreaterOrEqual", [instant, g.constant(changes, [1, changes.length])]);
  const steps = Float64Array.from(changes, (_, at) => offsets[at + 1]! - offsets[at]!);
  const each = g.op("Where", [passed, g.constant(steps, [1, steps.length]), number(0)]);
  return add(first, g.op("ReduceSum", [each, g.ints([1])], { keepdims: 1 }));
}

/** A part of local time: float64, [N, 1]. */
export function lowerPart(g: GraphBuilder, part: CalendarPart, local: Value): Value {
  const m = doubleMath(g);
  const days = m.whole(local, DAY);
  const within = m.minus(local, m.times(days, DAY));
  const weekday = m.rest(m.add(days, 3), 7);
  switch (part) {
    case "weekday":
      return weekday;
    case "weekend":
      return asDouble(g, g.op("GreaterOrEqual", [weekday, m.number(5)]));
    case "hour":
      return m.whole(within, 3600e6);
    case "minute":
      return m.rest(m.whole(within, 60e6), 60);
    case "second":
      return m.rest(m.whole(within, 1e6), 60);
    case "hourOfDay":
      return g.op("Div", [within, m.number(3600e6)]);
    case "dayFraction":
      return g.op("Div", [within, m.number(DAY)]);
    case "week": {
      const thursday = m.add(m.minus(days, weekday), 3);
      return m.add(m.whole(m.minus(lowerDate(g, thursday).dayOfYear, 1), 7), 1);
    }
    case "quarter":
      return m.add(m.whole(m.minus(lowerDate(g, days).month, 1), 3), 1);
    default:
      return lowerDate(g, days)[part];
  }
}

function asDouble(g: GraphBuilder, truth: Value): Value {
  return g.op("Cast", [truth], { to: ELEMENT_TYPES.float64.code });
}

/** `civilDate` in a graph, step by step. */
function lowerDate(
  g: GraphBuilder,
  days: Value,
): Readonly<Record<"year" | "month" | "day" | "dayOfYear", Value>> {
  const m = doubleMath(g);
  const shifted = m.add(days, 719_468);
  const era = m.whole(shifted, 146_097);
  const ofEra = m.minus(shifted, m.times(era, 146_097));
  const leapless = m.minus(
    m.add(m.minus(ofEra, m.whole(ofEra, 1460)), m.whole(ofEra, 36_524)),
    m.whole(ofEra, 146_096),
  );
  const yearOfEra = m.whole(leapless, 365);
  const gone = m.minus(m.add(m.times(yearOfEra, 365), m.whole(yearOfEra, 4)), m.whole(yearOfEra, 100));
  const fromMarch = m.minus(ofEra, gone);
  const monthFromMarch = m.whole(m.add(m.times(fromMarch, 5), 2), 153);
  const day = m.add(m.minus(fromMarch, m.whole(m.add(m.times(monthFromMarch, 153), 2), 5)), 1);
  const early = g.op("Less", [monthFromMarch, m.number(10)]);
  const month = g.op("Where", [early, m.add(monthFromMarch, 3), m.minus(monthFromMarch, 9)]);
  const year = m.add(
    m.add(yearOfEra, m.times(era, 400)),
    asDouble(g, g.op("LessOrEqual", [month, m.number(2)])),
  );
  const divides = (by: number): Value => g.op("Equal", [m.rest(year, by), m.number(0)]);
  const leap = g.op("And", [divides(4), g.op("Or", [g.op("Not", [divides(100)]), divides(400)])]);
  const spring = m.add(m.add(fromMarch, 60), asDouble(g, leap));
  return { year, month, day, dayOfYear: g.op("Where", [early, spring, m.minus(fromMarch, 305)]) };
}

/** Sine and cosine of how far a part is through its period. */
export function lowerCycle(g: GraphBuilder, part: CalendarPart, value: Value): readonly [Value, Value] {
  const { period, first } = CALENDAR_PARTS[part];
  const m = doubleMath(g);
  const angle = m.toFloat(m.times(m.minus(value, first), (2 * Math.PI) / period));
  return [g.op("Sin", [angle]), g.op("Cos", [angle])];
}
