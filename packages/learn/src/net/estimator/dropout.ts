import { ELEMENT_TYPES } from "@tideline/graph";
import { defineLayer } from "../layer/define-layer.ts";
import type { Layer } from "../net.ts";

/**
 * While training, each number is dropped with this probability and the others grow to keep the mean; otherwise nothing
 * (N. Srivastava et al., "Dropout", JMLR 15, 2014).
 */
export function dropped(rate: number): Layer {
  return defineLayer("dropout", (scope, x) => {
    if (!scope.training || rate === 0) return x;
    const { g } = scope;
    const noise = scope.uniform(x.dims as readonly number[]);
    const kept = g.op("Cast", [g.op("Less", [g.scalar(rate), noise])], { to: ELEMENT_TYPES.float32.code });
    return g.op("Mul", [x, g.op("Mul", [kept, g.scalar(1 / (1 - rate))])]);
  });
}
