import type { Value } from "@tideline/graph";
import { matrix, type Matrix } from "../../matrix.ts";
import { standardise } from "../../standardise.ts";
import { defineLayer } from "../layer/define-layer.ts";
import type { Layer } from "../net.ts";

/** 1 over a deviation; 1 where float32 has no such number, as for a constant column. */
export function inverseOf(deviation: number): number {
  const inverse = Math.fround(1 / deviation);
  return Number.isFinite(inverse) ? inverse : 1;
}

/**
 * Mean and deviation of training rows as a layer, so that the graph takes raw numbers: `(x - mean) / deviation` along
 * the last axis. Numbers of one channel are pooled over a row's other axes.
 *
 * @param channels length of the last axis.
 */
export function standardisedOf(X: Matrix, channels: number): Layer {
  const pooled = matrix((X.rows * X.columns) / channels, channels, X.values);
  const { mean, scale } = standardise({}).fit(pooled);
  const centre = Float32Array.from(mean);
  const factor = Float32Array.from(scale, inverseOf);
  return defineLayer("standardised", ({ g }, x: Value) =>
    g.op("Mul", [g.op("Sub", [x, g.constant(centre)]), g.constant(factor)]),
  );
}
