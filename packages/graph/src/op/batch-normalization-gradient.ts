import { elementCount } from "../onnx.ts";
import type { Value } from "../value.ts";
import { channelSum } from "./conv-gradient.ts";
import { dimsOf, reshaped, scalarLike } from "./gradient.ts";
import type { GradientCall } from "./op-definition.ts";

/** The gradient of BatchNormalization in both its forms, see there. */
export function batchNormalizationGradient(
  call: GradientCall<{
    readonly epsilon: { readonly type: "float"; readonly default: number };
    readonly momentum: { readonly type: "float"; readonly default: number };
    readonly training_mode: { readonly type: "int"; readonly default: number };
  }>,
): readonly (Value | undefined)[] {
  const { g, attributes, wanted } = call;
  const [x, scale, , inputMean, inputVariance] = call.inputs as readonly Value[];
  const [given, dRunningMean, dRunningVariance] = call.gradients;
  const dims = dimsOf(x!);
  const count = elementCount(dims) / dims[1]!;
  const number = (value: number): Value => scalarLike(g, x!, value);
  const wide = (channel: Value): Value => reshaped(g, channel, [dims[1]!, ...dims.slice(2).map(() => 1)]);
  const meanOf = (value: Value): Value => g.op("Mul", [channelSum(g, value), number(1 / count)]);
  const dy = given ?? g.op("Expand", [number(0), g.ints(dims)]);
  const training = attributes.training_mode !== 0;

  const mean = training ? meanOf(x!) : inputMean!;
  const centred = g.op("Sub", [x!, wide(mean)]);
  const variance = training ? meanOf(g.op("Mul", [centred, centred])) : inputVariance!;
  const spread = g.op("Add", [variance, number(attributes.epsilon)]);
  const inverse = g.op("Div", [number(1), g.op("Sqrt", [spread])]);
  const slope = g.op("Mul", [scale!, inverse]);
  const dShift = channelSum(g, dy);
  const dScale = g.op("Mul", [channelSum(g, g.op("Mul", [dy, centred])), inverse]);

  if (!training) {
    const dMean = wanted[3] ? g.op("Neg", [g.op("Mul", [dShift, slope])]) : undefined;
    const down = g.op("Mul", [g.op("Div", [g.op("Mul", [dScale, scale!]), spread]), number(-0.5)]);
    const dx = wanted[0] ? g.op("Mul", [dy, wide(slope)]) : undefined;
    return [dx, dScale, dShift, dMean, wanted[4] ? down : undefined];
  }
  const kept = (gradient: Value | undefined): Value | undefined =>
    gradient && g.op("Mul", [gradient, number(attributes.momentum)]);
  // dx = slope (dy - mean(dy)) - centred slope dScale inverse / count, and what comes through the running ones.
  const perCentred = g.op("Mul", [g.op("Mul", [slope, inverse]), g.op("Mul", [dScale, number(-1 / count)])]);
  const perOne = g.op("Mul", [g.op("Mul", [slope, dShift]), number(-1 / count)]);
  const moved = (into: Value, gradient: Value | undefined, factor: number): Value =>
    gradient ? g.op("Add", [into, g.op("Mul", [gradient, number(factor)])]) : into;
  const rate = (1 - attributes.momentum) / count;
  const onCentred = moved(perCentred, dRunningVariance, 2 * rate);
  const onOne = moved(perOne, dRunningMean, rate);
  const dx = (): Value =>
    g.op("Add", [
      g.op("Mul", [dy, wide(slope)]),
      g.op("Add", [g.op("Mul", [centred, wide(onCentred)]), wide(onOne)]),
    ]);
  return [wanted[0] ? dx() : undefined, dScale, dShift, kept(dRunningMean), kept(dRunningVariance)];
}
