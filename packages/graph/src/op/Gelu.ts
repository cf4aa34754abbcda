import type { Value } from "../value.ts";
import { erf } from "./Erf.ts";
import { activation } from "./elementwise.ts";
import { scalarLike } from "./gradient.ts";

const ROOT = Math.sqrt(2 / Math.PI);
const CUBIC = 0.044715;

/** `x` times the normal distribution's share below `x`; `approximate: "tanh"` by a formula without the error function. D. Hendrycks and K. Gimpel, 2016. */
export const Gelu = activation({
  since: 20,
  family: "a floating-point type",
  attributes: { approximate: { type: "string", default: "none" } },
  compute: (x, { approximate }) =>
    approximate === "tanh"
      ? 0.5 * x * (1 + Math.tanh(ROOT * (x + CUBIC * x ** 3)))
      : 0.5 * x * (1 + erf(x * Math.SQRT1_2)),
  gradient: ({ g, inputs: [x], gradients: [dy], attributes: { approximate } }) => {
    const of = (value: number): Value => scalarLike(g, x!, value);
    const square = g.op("Mul", [x, x]);
    if (approximate === "tanh") {
      const inner = g.op("Add", [g.op("Mul", [square, of(ROOT * CUBIC)]), of(ROOT)]);
      const t = g.op("Tanh", [g.op("Mul", [x, inner])]);
      const bend = g.op("Sub", [of(1), g.op("Mul", [t, t])]);
      const rise = g.op("Mul", [x, g.op("Add", [g.op("Mul", [square, of(3 * ROOT * CUBIC)]), of(ROOT)])]);
      const twice = g.op("Add", [g.op("Add", [t, of(1)]), g.op("Mul", [bend, rise])]);
      return [g.op("Mul", [dy, g.op("Mul", [twice, of(0.5)])])];
    }
    const share = g.op("Add", [
      g.op("Mul", [g.op("Erf", [g.op("Mul", [x, of(Math.SQRT1_2)])]), of(0.5)]),
      of(0.5),
    ]);
    const density = g.op("Mul", [
      g.op("Exp", [g.op("Mul", [square, of(-0.5)])]),
      of(1 / Math.sqrt(2 * Math.PI)),
    ]);
    return [g.op("Mul", [dy, g.op("Add", [share, g.op("Mul", [x, density])])])];
  },
});
