import type { GraphBuilder, Value } from "@tideline/graph";
import { tidelineError } from "@tideline/spec";
import type { CastKind } from "../../frame/cast-column.ts";
import { asDouble, doubleMath } from "../double-math.ts";
import type { GraphColumn } from "../transform-def.ts";

/** Microseconds of each unit. */
const MICROS = { s: 1_000_000, ms: 1000, us: 1 } as const;

/** The greatest whole number that float64 tells from its neighbours. */
const MOST = Number.MAX_SAFE_INTEGER;

/** `castColumn` in a graph. @throws RUNTIME_UNSUPPORTED for texts. */
export function lowerCast(
  g: GraphBuilder,
  column: GraphColumn,
  to: CastKind,
  per: keyof typeof MICROS,
): GraphColumn {
  const { name, kind } = column;
  if (kind === "text" || kind === "codes") {
    if (to === "string") return column;
    throw unsupported(name, "texts are read before a graph, which gets what they say");
  }
  if (to === "string") throw unsupported(name, "our graphs write no texts");
  const m = doubleMath(g);
  const micros = m.number(MICROS[per]);
  if (to === "time") {
    if (kind === "time") return column;
    const scaled = g.op("Mul", [asDouble(g, column), micros]);
    return { kind: "time", name, value: whole(g, m.whole(m.add(scaled, 0.5), 1)) };
  }
  if (kind === "time") {
    const divided = g.op("Div", [column.value, micros]);
    const double =
      to === "float" ? divided : to === "integer" ? whole(g, m.whole(divided, 1)) : truth(g, column.value);
    return { kind: "number", name, width: 1, value: m.toFloat(double), double };
  }
  if (to === "float") return column;
  const cast = (value: Value): Value => (to === "boolean" ? truth(g, value) : onlyWhole(g, value));
  const { value, double } = column;
  if (double === undefined) return { ...column, value: cast(value) };
  const made = cast(double);
  return { ...column, value: m.toFloat(made), double: made };
}

/** A constant of the element type of a value. */
function like(g: GraphBuilder, { elementType }: Value, number: number): Value {
  const values = elementType === "float64" ? Float64Array.of(number) : Float32Array.of(number);
  return g.constant(values, [1, 1]);
}

/** The values where a condition holds, missing elsewhere. */
function where(g: GraphBuilder, condition: Value, value: Value): Value {
  return g.op("Where", [condition, value, like(g, value, Number.NaN)]);
}

/** Whole numbers that float64 holds, others missing. */
function whole(g: GraphBuilder, value: Value): Value {
  return where(g, g.op("LessOrEqual", [g.op("Abs", [value]), like(g, value, MOST)]), value);
}

function onlyWhole(g: GraphBuilder, value: Value): Value {
  return whole(g, where(g, g.op("Equal", [value, g.op("Floor", [value])]), value));
}

function truth(g: GraphBuilder, value: Value): Value {
  const either = [0, 1].map((one) => g.op("Equal", [value, like(g, value, one)])) as [Value, Value];
  return where(g, g.op("Or", either), value);
}

function unsupported(name: string, reason: string) {
  return tidelineError("RUNTIME_UNSUPPORTED", {
    who: "cast",
    field: `column "${name}"`,
    expected: "numbers, truths or times",
    received: reason,
    remedy: "Cast it before the graph: leave this step out of the chain that is lowered.",
  });
}
