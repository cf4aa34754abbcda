import { activation } from "./elementwise.ts";
import { scalarLike } from "./gradient.ts";

/** The input nearer to 0 by `bias`, or 0 where it lies within `lambd` of 0; its gradient there is 0. */
export const Shrink = activation({
  since: 9,
  family: "a numeric type",
  attributes: { bias: { type: "float", default: 0 }, lambd: { type: "float", default: 0.5 } },
  compute: (x, { bias, lambd }) => (x < -lambd ? x + bias : x > lambd ? x - bias : 0),
  gradient: ({ g, inputs: [x], gradients: [dy], attributes: { lambd } }) => [
    g.op("Where", [g.op("Greater", [g.op("Abs", [x]), scalarLike(g, x!, lambd)]), dy, scalarLike(g, x!, 0)]),
  ],
});
