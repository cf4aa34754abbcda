import { ELEMENT_TYPES } from "../element-type.ts";
import type { Value } from "../value.ts";
import { broadcastInputs, zipped } from "./elementwise.ts";
import { scalarLike, sumTo } from "./gradient.ts";
import type { GraphEmitter } from "./graph-emitter.ts";
import { defineOp } from "./op-definition.ts";
import { sharedType } from "./rule.ts";

/** `p * x^(p - 1)`, the slope of a power of which the exponent is one known number. */
function constantSlope(g: GraphEmitter, x: Value, y: Value, p: number): Value {
  if (p === 0.5) return g.op("Div", [scalarLike(g, x, 0.5), y]);
  if (p === 2) return g.op("Add", [x, x]);
  const power = p === 3 ? g.op("Mul", [x, x]) : g.op("Pow", [x, scalarLike(g, x, p - 1)]);
  return g.op("Mul", [power, scalarLike(g, x, p)]);
}

/** As `constantSlope`, where exponents are computed; 0 where one is 0, whatever the base. */
function slopeOf(g: GraphEmitter, x: Value, exponent: Value): Value {
  const p =
    exponent.elementType === x.elementType
      ? exponent
      : g.op("Cast", [exponent], { to: ELEMENT_TYPES[x.elementType].code });
  const slope = g.op("Mul", [p, g.op("Pow", [x, g.op("Sub", [p, scalarLike(g, x, 1)])])]);
  return g.op("Where", [g.op("Equal", [p, scalarLike(g, x, 0)]), scalarLike(g, x, 0), slope]);
}

/**
 * `X` to the power `Y` under broadcasting, of the type of `X`; before opset 12 the types are the same. As in PyTorch
 * the gradient of `X` is 0 where `Y` is 0, and that of `Y` is 0 where `X` is 0.
 */
export const Pow = defineOp({
  since: 7,
  inputs: ["X", "Y"],
  attributes: {},
  infer(call) {
    const elementType = sharedType(call, "a numeric type", call.inputs.slice(0, 1));
    sharedType(call, "a numeric type", call.inputs.slice(1));
    return [{ elementType, dims: broadcastInputs(call) }];
  },
  evaluate: (call) => [zipped(call, (x, y) => x! ** y!)],
  gradient({ g, inputs: [x, exponent], outputs: [y], gradients: [dy], wanted }) {
    const known = exponent!.constant?.length === 1 ? exponent!.constant[0] : undefined;
    const first = (): Value | undefined => {
      if (known === 0) return undefined;
      if (known === 1) return dy;
      const slope = known === undefined ? slopeOf(g, x!, exponent!) : constantSlope(g, x!, y!, known);
      return g.op("Mul", [dy, slope]);
    };
    const second = (): Value => {
      const slope = g.op("Mul", [y, g.op("Log", [x])]);
      const zero = scalarLike(g, x!, 0);
      const all = g.op("Mul", [dy, g.op("Where", [g.op("Equal", [x, zero]), zero, slope])]);
      return exponent!.elementType === all.elementType
        ? all
        : g.op("Cast", [all], { to: ELEMENT_TYPES[exponent!.elementType].code });
    };
    const dx = wanted[0] ? first() : undefined;
    return [dx && sumTo(g, dx, x!), wanted[1] ? sumTo(g, second(), exponent!) : undefined];
  },
});
