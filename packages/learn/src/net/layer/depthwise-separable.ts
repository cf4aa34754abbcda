import { oneOf, positiveInteger } from "../check-option.ts";
import type { Layer } from "../net.ts";
import { ACTIVATIONS, activate, type ActivationName } from "./activation.ts";
import { batchNorm } from "./batch-norm.ts";
import { convolution, FORMS } from "./convolution.ts";
import { defineLayer, rowDims } from "./define-layer.ts";
import { windowAttributes, type WindowOptions } from "./window.ts";

/** What depthwise separable convolutions take. */
export interface DepthwiseSeparableOptions extends WindowOptions {
  /** Channels that come out. */
  readonly channels: number;
  /** Numbers of a window along each axis. */
  readonly size: number;
  /** Applied after each of the two convolutions. Default none. */
  readonly activation?: ActivationName;
  /** Whether a batch normalisation follows each convolution, before its activation; both have no bias then. Default false. */
  readonly normalise?: boolean;
}

function depthwiseSeparable(kind: string, axes: 1 | 2, options: DepthwiseSeparableOptions): Layer {
  const { channels, size, activation, normalise = false, ...window } = options;
  const who = `${kind} layer`;
  positiveInteger(who, "channels", channels);
  windowAttributes(who, axes, size, window);
  if (activation !== undefined) oneOf(who, "activation", ACTIVATIONS, activation);
  const bias = !normalise;
  const initial = "heNormal";
  const pointwise = convolution("conv", axes, { channels, size: 1, bias, initial });
  return defineLayer(kind, (scope, x) => {
    const form = FORMS[axes];
    const [inputs] = rowDims(kind, scope, x, form, (dims) => dims.length === axes + 1);
    const own = { channels: inputs!, groups: inputs!, size, bias, initial, ...window } as const;
    const finish = (name: string, value: typeof x) => {
      const normal = normalise ? batchNorm()(scope.within(`${name}_norm`), value) : value;
      return activate(who, scope.g, normal, activation);
    };
    const deep = finish("depthwise", convolution("conv", axes, own)(scope.within("depthwise"), x));
    return finish("pointwise", pointwise(scope.within("pointwise"), deep));
  });
}

/**
 * A convolution along each channel alone, then one across channels of a single sample: a fraction of the numbers and
 * of the work (A. Howard et al., "MobileNets", 2017). [batch, channels, length] becomes [batch, options.channels,
 * length'].
 *
 * @throws DEFINITION_ILLEGAL as `conv1d`.
 * @example
 * const layer = depthwiseSeparable1d({ channels: 64, size: 5, padding: "same", normalise: true, activation: "relu" });
 */
export function depthwiseSeparable1d(options: DepthwiseSeparableOptions): Layer {
  return depthwiseSeparable("depthwiseSeparable1d", 1, options);
}

/** As {@link depthwiseSeparable1d}, over an image: [batch, channels, height, width]. Errors: as there. */
export function depthwiseSeparable2d(options: DepthwiseSeparableOptions): Layer {
  return depthwiseSeparable("depthwiseSeparable2d", 2, options);
}
