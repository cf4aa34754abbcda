import { ELEMENT_TYPES } from "../element-type.ts";
import type { Value } from "../value.ts";
import { dimsOf, scalarLike, zerosLike } from "./gradient.ts";
import type { GraphEmitter } from "./graph-emitter.ts";
import { illegal } from "./op-definition.ts";

/** How what is scattered to a place meets what is there. */
const COMBINE: Record<string, (there: number, update: number) => number> = {
  none: (_, update) => update,
  add: (there, update) => there + update,
  mul: (there, update) => there * update,
  max: Math.max,
  min: Math.min,
};

/** The combination that a `reduction` attribute names. @throws GRAPH_ILLEGAL for no such one. */
export function combinationOf(who: string, reduction: string): (there: number, update: number) => number {
  if (Object.hasOwn(COMBINE, reduction)) return COMBINE[reduction]!;
  throw illegal(who, "reduction", Object.keys(COMBINE).join(", "), reduction);
}

/** The opset that scattering with a reduction needs. */
export function scatterOpset(reduction: string): number {
  return reduction === "none" ? 11 : reduction === "add" || reduction === "mul" ? 16 : 18;
}

/** How a scattering operator is differentiated: its own values, and itself with other data or as what undoes it. */
export interface ScatterGradient {
  readonly g: GraphEmitter;
  readonly reduction: string;
  readonly data: Value;
  readonly updates: Value;
  readonly result: Value;
  readonly dy: Value;
  scatter(data: Value, updates: Value, reduction: string): Value;
  /** What lies where the updates went. */
  gather(value: Value): Value;
}

/**
 * The gradients of a scattering operator with respect to data and updates, exact where updates meet and where they
 * are 0. Among equals, `max` and `min` share the gradient evenly.
 */
export function scatterGradient(call: ScatterGradient): readonly [data: Value, updates: Value] {
  const { g, reduction, data, updates, result, dy, scatter, gather } = call;
  const marks = (a: Value, b: Value): Value =>
    g.op("Cast", [g.op("Equal", [a, b])], { to: ELEMENT_TYPES[dy.elementType].code });
  switch (reduction) {
    case "none":
      return [scatter(dy, zerosLike(g, updates), "none"), gather(dy)];
    case "add":
      return [dy, gather(dy)];
    case "mul": {
      // The product of all others is that of all but the zeros, divided by its own, unless another one is 0.
      const zero = marks(updates, scalarLike(g, dy, 0));
      const whole = g.op("Add", [updates, zero]);
      const product = gather(g.op("Mul", [dy, scatter(data, whole, "mul")]));
      const alone = marks(gather(scatter(zerosLike(g, data), zero, "add")), zero);
      const factor = scatter(onesLike(g, data), updates, "mul");
      return [g.op("Mul", [dy, factor]), g.op("Mul", [g.op("Div", [product, whole]), alone])];
    }
    default: {
      const [kept, taken] = [marks(data, result), marks(updates, gather(result))];
      const share = g.op("Div", [dy, scatter(kept, taken, "add")]);
      return [g.op("Mul", [share, kept]), g.op("Mul", [gather(share), taken])];
    }
  }
}

function onesLike(g: GraphEmitter, like: Value): Value {
  return g.op("Expand", [scalarLike(g, like, 1), g.ints(dimsOf(like))]);
}
