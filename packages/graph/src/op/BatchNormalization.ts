import { elementCount } from "../onnx.ts";
import { defineOp, formatInputs, illegal } from "./op-definition.ts";
import { sharedType } from "./rule.ts";

/** Each channel, `X[N, C, ...]`, less its mean, over its deviation, scaled and shifted; as in inference only. */
export const BatchNormalization = defineOp({
  inputs: ["X", "scale", "B", "input_mean", "input_var"],
  attributes: {
    epsilon: { type: "float", default: Math.fround(1e-5) },
    momentum: { type: "float", default: Math.fround(0.9) },
    training_mode: { type: "int", default: 0 },
  },
  infer(call) {
    const elementType = sharedType(call, "a floating-point type");
    const [x, ...rest] = call.inputs;
    const channels = x!.dims[1];
    if (channels === undefined || rest.some((one) => one!.dims.length !== 1 || one!.dims[0] !== channels))
      throw illegal(call.who, "inputs", "X[N, C, ...] and four of [C]", formatInputs(call.inputs));
    if (call.attributes.training_mode !== 0)
      throw illegal(call.who, "training_mode", "0", String(call.attributes.training_mode));
    return [{ elementType, dims: x!.dims }];
  },
  evaluate({ inputs, attributes: { epsilon } }) {
    const [x, scale, shift, mean, variance] = inputs.map((input) => input!);
    const size = elementCount(x!.dims.slice(2));
    return [
      x!.values.map((value, at) => {
        const channel = Math.floor(at / size) % x!.dims[1]!;
        const deviation = Math.sqrt(variance!.values[channel]! + epsilon);
        return (
          ((value - mean!.values[channel]!) / deviation) * scale!.values[channel]! + shift!.values[channel]!
        );
      }),
    ];
  },
});
