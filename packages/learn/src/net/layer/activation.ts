import type { GraphBuilder, Value } from "@tideline/graph";
import { finite, oneOf } from "../check-option.ts";
import { glorotUniform, heNormal, type Initialiser } from "../initialiser.ts";
import type { Layer } from "../net.ts";
import { defineLayer } from "./define-layer.ts";

/** A function of one number, applied to each. */
type Activation = (g: GraphBuilder, x: Value) => Value;

/** The names of the activations that take no option. */
export type ActivationName = "relu" | "sigmoid" | "tanh" | "silu" | "gelu" | "leakyRelu";

/** 0.5 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 x^3))), the approximation of D. Hendrycks and K. Gimpel (2016). */
const GELU_CUBIC = 0.044715;

/** Activations by name. */
export const ACTIVATIONS = {
  relu: (g, x) => g.op("Relu", [x]),
  sigmoid: (g, x) => g.op("Sigmoid", [x]),
  tanh: (g, x) => g.op("Tanh", [x]),
  silu: (g, x) => g.op("Mul", [x, g.op("Sigmoid", [x])]),
  // tanh((z)) in the approximation is 2 sigmoid(2 z) - 1, which leaves one product of x and a sigmoid.
  gelu: (g, x) => {
    const cubic = g.op("Add", [g.op("Mul", [g.op("Mul", [x, x]), g.scalar(GELU_CUBIC)]), g.scalar(1)]);
    const inner = g.op("Mul", [g.op("Mul", [x, cubic]), g.scalar(2 * Math.sqrt(2 / Math.PI))]);
    return g.op("Mul", [x, g.op("Sigmoid", [inner])]);
  },
  leakyRelu: (g, x) => g.op("LeakyRelu", [x], { alpha: 0.01 }),
} satisfies Record<ActivationName, Activation>;

/** Applies an activation, or none. @throws DEFINITION_ILLEGAL for a name that there is not. */
export function activate(who: string, g: GraphBuilder, x: Value, name: ActivationName | undefined): Value {
  return name === undefined ? x : ACTIVATIONS[oneOf(who, "activation", ACTIVATIONS, name)](g, x);
}

/** The initialiser that suits what follows a layer: He's before a rectifier, Glorot's otherwise. */
export function initialFor(activation: ActivationName | undefined): Initialiser {
  return activation === "relu" || activation === "leakyRelu" ? heNormal : glorotUniform;
}

function layerFor(name: ActivationName): Layer {
  return defineLayer(name, ({ g }, x) => ACTIVATIONS[name](g, x));
}

/** `max(0, x)`; its gradient at 0 is 0. */
export function relu(): Layer {
  return layerFor("relu");
}

/** `1 / (1 + exp(-x))`. */
export function sigmoid(): Layer {
  return layerFor("sigmoid");
}

/** The hyperbolic tangent. */
export function tanh(): Layer {
  return layerFor("tanh");
}

/** `x * sigmoid(x)` (P. Ramachandran et al., "Searching for Activation Functions", 2017). */
export function silu(): Layer {
  return layerFor("silu");
}

/** `x * P(Z < x)` for a standard normal Z, by its tanh approximation (D. Hendrycks and K. Gimpel, 2016). */
export function gelu(): Layer {
  return layerFor("gelu");
}

/** What {@link leakyRelu} takes. */
export interface LeakyReluOptions {
  /** Slope below 0. Default 0.01. */
  readonly slope?: number;
}

/** `x` above 0, `slope * x` below. @throws DEFINITION_ILLEGAL for a slope that is not finite. */
export function leakyRelu({ slope = 0.01 }: LeakyReluOptions = {}): Layer {
  finite("leakyRelu layer", "slope", slope);
  return defineLayer("leakyRelu", ({ g }, x) => g.op("LeakyRelu", [x], { alpha: slope }));
}
