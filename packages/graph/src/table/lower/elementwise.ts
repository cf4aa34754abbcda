import { BINARY_KINDS, UNARY_KINDS } from "@tideline/predict";
import { floating, isWhole, numberOf, type Lowering } from "../lowering.ts";

/** A function of one number. */
export function lowerUnary(kind: keyof typeof UNARY_KINDS): Lowering {
  return floating(({ emitter, inputs }) => [emitter.unary(inputs[0]!.view, { kind: UNARY_KINDS[kind] })]);
}

/** A function of two numbers under broadcasting; of more, from left to right. */
export function lowerBinary(kind: keyof typeof BINARY_KINDS): Lowering {
  return floating(({ emitter, inputs, outputs }) => {
    const [first, ...rest] = inputs.map((input) => input!.view);
    const { dims } = outputs[0]!;
    if (rest.length === 0) return [first!];
    return [rest.reduce((left, right) => emitter.binary(BINARY_KINDS[kind], left, right, dims), first!)];
  });
}

/** With bounds that are constants one instruction, else two. */
export const lowerClip: Lowering = floating(({ emitter, inputs: [input, min, max], outputs }) => {
  const { dims } = outputs[0]!;
  const [p, q] = [min ? min.constant?.[0] : -Infinity, max ? max.constant?.[0] : Infinity];
  if (p !== undefined && q !== undefined)
    return [emitter.unary(input!.view, { kind: UNARY_KINDS.clip, p, q })];
  const low = min ? emitter.binary(BINARY_KINDS.max, input!.view, min.view, dims) : input!.view;
  return [max ? emitter.binary(BINARY_KINDS.min, low, max.view, dims) : low];
});

/** The slope below 0 is an attribute. */
export const lowerLeakyRelu: Lowering = floating((call) => [
  call.emitter.unary(call.inputs[0]!.view, { kind: UNARY_KINDS.leakyRelu, p: numberOf(call, "alpha") }),
]);

/** Whole numbers are held as float32, so a cast to them cuts off fractions and one from them does nothing. */
export const lowerCast: Lowering = ({ emitter, inputs, outputs }) => {
  const { view, elementType: from } = inputs[0]!;
  const { elementType: to } = outputs[0]!;
  if (from === "float64" || to === "float64") return "a table computes in float32, and this in float64";
  if (to === from || to === "float32") return [view];
  if (to === "bool") return from === "bool" ? [view] : [emitter.unary(view, { kind: UNARY_KINDS.nonzero })];
  if (to === "int8" || to === "uint8") return `a table does not wrap numbers as ${to} does`;
  return [isWhole(from) ? view : emitter.unary(view, { kind: UNARY_KINDS.trunc })];
};
