import { ELEMENT_TYPES } from "@tideline/graph";
import { belowOne } from "../check-option.ts";
import type { Layer } from "../net.ts";
import { defineLayer, rowDims } from "./define-layer.ts";

/** What {@link dropout} takes. */
export interface DropoutOptions {
  /** The probability with which a number is dropped, in [0, 1). */
  readonly rate: number;
}

/**
 * While training, drops each number with a probability and divides the others by that of staying, which keeps the mean;
 * otherwise nothing (N. Srivastava et al., "Dropout", JMLR 15, 2014). Which are dropped follows from the seed.
 *
 * @throws DEFINITION_ILLEGAL for a rate outside [0, 1).
 * @example
 * const head = sequential(dropout({ rate: 0.5 }), dense({ units: 6 }));
 */
export function dropout({ rate }: DropoutOptions): Layer {
  belowOne("dropout layer", "rate", rate);
  return defineLayer("dropout", (scope, x) => {
    const { g, training, batch } = scope;
    if (!training || rate === 0) return x;
    const dims = rowDims("dropout", scope, x, "float32[batch, ...] of known lengths", () => true);
    const noise = scope.uniform([batch as number, ...dims]);
    const stays = g.op("GreaterOrEqual", [noise, g.scalar(rate)]);
    const factor = g.op("Mul", [
      g.op("Cast", [stays], { to: ELEMENT_TYPES.float32.code }),
      g.scalar(1 / (1 - rate)),
    ]);
    return g.op("Mul", [x, factor]);
  });
}
