import { elementCount } from "@tideline/graph";
import { oneOf, positiveInteger } from "../check-option.ts";
import { INITIALISERS, zeros, type InitialiserName } from "../initialiser.ts";
import type { Layer } from "../net.ts";
import { ACTIVATIONS, activate, initialFor, type ActivationName } from "./activation.ts";
import { defineLayer, rowDims, rowsReshaped } from "./define-layer.ts";

/** What {@link dense} takes. */
export interface DenseOptions {
  /** Numbers that each row becomes. */
  readonly units: number;
  /** Default true. */
  readonly bias?: boolean;
  /** Applied to the result. Default none. */
  readonly activation?: ActivationName;
  /** How the weights begin. Default "heNormal" before a rectifier, "glorotUniform" otherwise. */
  readonly initial?: InitialiserName;
}

/**
 * A fully connected layer, `x W' + b`, along the last axis: [batch, ..., F] becomes [batch, ..., units]. Its weight is
 * [units, F], as PyTorch's `Linear`.
 *
 * @throws DEFINITION_ILLEGAL for an option out of range; when applied to rows without a known last length.
 * @example
 * const layer = dense({ units: 64, activation: "relu" });
 */
export function dense(options: DenseOptions): Layer {
  const { units, bias = true, activation, initial } = options;
  const who = "dense layer";
  positiveInteger(who, "units", units);
  if (activation !== undefined) oneOf(who, "activation", ACTIVATIONS, activation);
  const draw =
    initial === undefined
      ? initialFor(activation)
      : INITIALISERS[oneOf(who, "initial", INITIALISERS, initial)];
  return defineLayer("dense", (scope, x) => {
    const { g } = scope;
    const dims = rowDims("dense", scope, x, "float32[batch, ..., F]", (lengths) => lengths.length > 0);
    const features = dims.at(-1)!;
    const weight = scope.parameter("weight", [units, features], draw);
    const shift = bias ? [scope.parameter("bias", [units], zeros, { decay: false })] : [];
    const lead = elementCount(dims.slice(0, -1));
    const rows = scope.batch === "N" ? -1 : scope.batch * lead;
    const flat = dims.length === 1 ? x : g.op("Reshape", [x, g.ints([rows, features])]);
    const y = g.op("Gemm", [flat, weight, ...shift], { transB: 1 });
    const shaped = dims.length === 1 ? y : rowsReshaped(scope, y, [...dims.slice(0, -1), units]);
    return activate(who, g, shaped, activation);
  });
}
