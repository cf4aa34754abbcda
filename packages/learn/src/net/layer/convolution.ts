import type { Value } from "@tideline/graph";
import { illegalOption, oneOf, positiveInteger } from "../check-option.ts";
import { INITIALISERS, zeros, type InitialiserName } from "../initialiser.ts";
import type { Layer, NetScope } from "../net.ts";
import { ACTIVATIONS, activate, initialFor, type ActivationName } from "./activation.ts";
import { defineLayer, layerTitle, rowDims } from "./define-layer.ts";
import { windowAttributes, type WindowOptions } from "./window.ts";

/** What convolutions take. */
export interface ConvolutionOptions extends WindowOptions {
  /** Channels that come out. */
  readonly channels: number;
  /** Numbers of a window along each axis. */
  readonly size: number;
  /** Into how many groups the channels fall that do not see one another. Default 1. */
  readonly groups?: number;
  /** Default true; say false before a batch normalisation. */
  readonly bias?: boolean;
  /** Applied to the result. Default none. */
  readonly activation?: ActivationName;
  /** How the weights begin. Default "heNormal" before a rectifier, "glorotUniform" otherwise. */
  readonly initial?: InitialiserName;
}

/** The form of a convolution's input, for messages. */
export const FORMS = [
  "",
  "float32[batch, channels, length]",
  "float32[batch, channels, height, width]",
] as const;

/** A convolution along so many axes. */
export function convolution(kind: string, axes: 1 | 2, options: ConvolutionOptions): Layer {
  const { channels, size, groups = 1, bias = true, activation, initial } = options;
  const who = `${kind} layer`;
  positiveInteger(who, "channels", channels);
  positiveInteger(who, "groups", groups);
  if (channels % groups !== 0)
    throw illegalOption(who, "channels", `a multiple of ${groups} groups`, `${channels}`);
  if (activation !== undefined) oneOf(who, "activation", ACTIVATIONS, activation);
  const window = windowAttributes(who, axes, size, options);
  const draw =
    initial === undefined
      ? initialFor(activation)
      : INITIALISERS[oneOf(who, "initial", INITIALISERS, initial)];
  return defineLayer(kind, (scope: NetScope, x: Value) => {
    const [inputs, ...lengths] = rowDims(kind, scope, x, FORMS[axes], (dims) => dims.length === axes + 1);
    const title = layerTitle(kind, scope);
    if (inputs! % groups !== 0)
      throw illegalOption(title, "input", `channels in ${groups} groups`, `${inputs} channels`);
    for (const [axis, length] of lengths.entries()) {
      const padded = length + window.pads[axis]! + window.pads[axis + axes]!;
      const reach = (size - 1) * window.dilations[axis]! + 1;
      if (padded < reach)
        throw illegalOption(title, "size", `a window of at most ${padded}, the padded length`, String(reach));
    }
    const dims = [channels, inputs! / groups, ...window.kernel_shape];
    const weight = scope.parameter("weight", dims, draw);
    const shift = bias ? [scope.parameter("bias", [channels], zeros, { decay: false })] : [];
    const y = scope.g.op("Conv", [x, weight, ...shift], { ...window, group: groups });
    return activate(who, scope.g, y, activation);
  });
}
