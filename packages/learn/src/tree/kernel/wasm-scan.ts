import { leastHessian, quantisedLimits } from "./scan-scale.ts";
import type { LeafSplits, QuantisedSums, ScanLimits } from "./tree-kernels.ts";
import { LIMITS, type WasmPlaces } from "./wasm-layout.ts";

/** The limits and answers of one of the two scans that an operation may have, in the kernels' memory. */
export interface WasmScan {
  readonly splits: LeafSplits;
  write(limits: ScanLimits, scales: QuantisedSums): void;
}

/** A scan's place in the memory. @param scan 0 or 1. */
export function wasmScan(
  buffer: ArrayBufferLike,
  place: WasmPlaces,
  features: number,
  scan: number,
): WasmScan {
  const numbers = new Float64Array(buffer, place.limits + 8 * LIMITS * scan, LIMITS);
  const own = scan * features;
  const allowed = new Uint8Array(buffer, place.allowed + own, features);
  const monotone = new Int8Array(buffer, place.monotone + own, features);
  return Object.freeze({
    splits: Object.freeze({
      gain: new Float64Array(buffer, place.gain + 8 * own, features),
      bin: new Int32Array(buffer, place.splitBin + 4 * own, features),
      leftBins: new Uint8Array(buffer, place.leftBins + 256 * own, 256 * features),
      missingLeft: new Uint8Array(buffer, place.missingLeft + own, features),
      gradient: new Float64Array(buffer, place.splitGradient + 8 * own, features),
      hessian: new Float64Array(buffer, place.splitHessian + 8 * own, features),
    }),
    write(limits: ScanLimits, scales: QuantisedSums) {
      const { sums, rows, randomSeed, categorical } = limits;
      const { l1, l2, least, maxDelta, lower, upper, unit, bounded } = quantisedLimits(limits, scales);
      // The kernels know a number by its place.
      numbers[0] = l1;
      numbers[1] = l2;
      numbers[2] = least;
      numbers[3] = maxDelta;
      numbers[4] = lower;
      numbers[5] = upper;
      numbers[6] = unit;
      numbers[7] = sums.gradient;
      numbers[8] = sums.hessian;
      numbers[9] = bounded ? 1 : 0;
      numbers[10] = randomSeed === undefined ? 0 : 1;
      numbers[11] = (randomSeed ?? 0) >>> 0;
      numbers[12] = categorical === undefined ? 0 : 1;
      if (categorical !== undefined) {
        numbers[13] = categorical.oneHot;
        numbers[14] = categorical.most;
        numbers[15] = categorical.smooth;
        numbers[16] = l2 + categorical.l2 / scales.hessian;
        numbers[17] = Math.max(least, leastHessian(limits, categorical.minRows, scales));
        numbers[18] = categorical.minRows;
        numbers[19] = rows;
        numbers[20] = scales.gradient;
        numbers[21] = scales.hessian;
      }
      allowed.set(limits.allowed);
      if (limits.monotone === undefined) monotone.fill(0);
      else monotone.set(limits.monotone);
    },
  });
}
