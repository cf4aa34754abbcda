import type { Value } from "@tideline/graph";
import type { Layer, NetScope } from "../net.ts";
import { defineLayer } from "./define-layer.ts";

/**
 * Layers one after another, each in a scope named by its kind and its place among its kind: "dense1", "relu1",
 * "dense2".
 *
 * @example
 * const head = sequential(dense({ units: 64 }), relu(), dense({ units: 6 }));
 */
export function sequential(...layers: readonly Layer[]): Layer {
  const list = [...layers];
  return defineLayer("sequential", (scope: NetScope, x: Value) => {
    const counts = new Map<string, number>();
    let value = x;
    for (const layer of list) {
      const kind = layer.kind ?? "layer";
      const count = (counts.get(kind) ?? 0) + 1;
      counts.set(kind, count);
      value = layer(scope.within(`${kind}${count}`), value);
    }
    return value;
  });
}
