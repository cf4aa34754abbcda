import { scalarLike } from "./gradient.ts";
import { reductionGradient, summed } from "./reduction-gradient.ts";
import { reduction } from "./reduction.ts";

/** The product over some axes; 1 over nothing. Its gradient holds where factors are 0, too. */
export const ReduceProd = reduction((values) => values.reduce((product, value) => product * value, 1), {
  since: 18,
  family: "a numeric type",
  gradient: reductionGradient((slope) => {
    const { g, x, axes, dy } = slope;
    const [zero, one] = [scalarLike(g, x, 0), scalarLike(g, x, 1)];
    const isZero = g.op("Equal", [x, zero]);
    const known = g.op("Where", [isZero, one, x]);
    const product = g.op("ReduceProd", [known, g.ints(axes)], { keepdims: 1, noop_with_empty_axes: 1 });
    const zeros = g.op("Where", [isZero, one, zero]);
    const count = summed(slope, zeros);
    // The product of the others: of all factors but zeros, where no other one is a zero.
    const others = g.op("Where", [g.op("Equal", [count, zeros]), g.op("Div", [product, known]), zero]);
    return g.op("Mul", [others, dy]);
  }),
});
