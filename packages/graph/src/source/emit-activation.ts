import { zipped } from "./emit-elementwise.ts";
import type { EmitCall, Emitter } from "./emitter.ts";
import { apply, ask, inDouble, number, select } from "./expression.ts";
import type { Expression } from "./program.ts";

const of = (value: number): Expression => number(value, "double");
const [zero, one] = [of(0), of(1)];

/** A function of one number, in float64 and rounded once; `attributes` are the node's numbers. */
function activation(
  compute: (x: Expression, attribute: (name: string) => Expression) => Expression,
): Emitter {
  return (call: EmitCall) => {
    const attribute = (name: string) => of(call.attributes[name] as number);
    return zipped(([x]) => inDouble([x!], (wide) => compute(wide!, attribute)), ["float", "double"])(call);
  };
}

const [below, above] = [
  (x: Expression, bound: Expression) => ask("less", x, bound),
  (x: Expression, bound: Expression) => ask("greater", x, bound),
];
const times = (a: Expression, b: Expression): Expression => apply("mul", a, b);
const plus = (a: Expression, b: Expression): Expression => apply("add", a, b);
const within = (x: Expression): Expression => apply("max", zero, apply("min", one, x));

/** log(1 + exp(x)), from the side on which nothing overflows. */
const softplus = (x: Expression): Expression =>
  plus(apply("max", x, zero), apply("log1p", apply("exp", apply("neg", apply("abs", x)))));

// The numbers of the tanh form: D. Hendrycks and K. Gimpel, "Gaussian error linear units", 2016.
const [ROOT, CUBIC] = [Math.sqrt(2 / Math.PI), 0.044715];
const tanhGelu = activation((x) => {
  const inner = times(of(ROOT), plus(x, times(of(CUBIC), times(x, times(x, x)))));
  return times(times(of(0.5), x), plus(one, apply("tanh", inner)));
});

/** Activations of nets, and exclusive or. */
export const EMIT_ACTIVATION = {
  Celu: activation((x, own) =>
    select(below(x, zero), times(own("alpha"), apply("expm1", apply("div", x, own("alpha")))), x),
  ),
  Elu: activation((x, own) => select(below(x, zero), times(own("alpha"), apply("expm1", x)), x)),
  Gelu: (call) =>
    call.attributes["approximate"] === "tanh"
      ? tanhGelu(call)
      : { unsupported: "no language but C has an error function", instead: 'approximate: "tanh"' },
  HardSigmoid: activation((x, own) => within(plus(times(own("alpha"), x), own("beta")))),
  HardSwish: activation((x) => times(x, within(plus(apply("div", x, of(6)), of(0.5))))),
  Mish: activation((x) => times(x, apply("tanh", softplus(x)))),
  PRelu: zipped(
    ([x, slope]) => select(ask("less", x!, number(0, x!.kind)), apply("mul", x!, slope!), x!),
    ["float", "double"],
  ),
  Selu: activation((x, own) =>
    times(own("gamma"), select(below(x, zero), times(own("alpha"), apply("expm1", x)), x)),
  ),
  Shrink: activation((x, own) =>
    select(
      below(x, apply("neg", own("lambd"))),
      plus(x, own("bias")),
      select(above(x, own("lambd")), apply("sub", x, own("bias")), zero),
    ),
  ),
  Softsign: activation((x) => apply("div", x, plus(one, apply("abs", x)))),
  ThresholdedRelu: activation((x, own) => select(above(x, own("alpha")), x, zero)),
  Xor: zipped(([a, b]) => ask("not", ask("equal", a!, b!)), ["bool"]),
} as const satisfies Readonly<Record<string, Emitter>>;
