import { quantisedLimits } from "./scan-scale.ts";
import type { NumericSplits, QuantisedSums, ScanLimits } from "./tree-kernels.ts";
import type { WasmCrew } from "./wasm-crew.ts";
import { STEPS, type WasmPlaces } from "./wasm-layout.ts";

/** Steps of `leaf-work.as`. */
const KIND = { sums: 1, allSums: 2, subtract: 3, scan: 4 } as const;

/** Work on histograms that waits until its outcome is asked for, so that threads meet once for several steps. */
export interface WasmSteps {
  sums(leaf: number, slot: number, wanted: Uint8Array | undefined, whole: boolean): void;
  subtract(slot: number, other: number, wanted: Uint8Array | undefined): void;
  scan(slot: number, limits: ScanLimits, scales: QuantisedSums): NumericSplits;
  /** Does what waits. */
  finish(): void;
}

/** Steps over the histograms of a crew. */
export function wasmSteps(crew: WasmCrew, place: WasmPlaces, features: number): WasmSteps {
  const { buffer, words, reals } = crew;
  const wantedOf = Array.from(
    { length: STEPS },
    (_, step) => new Uint8Array(buffer, place.wanted + step * features, features),
  );
  const allowed = new Uint8Array(buffer, place.allowed, features);
  const monotone = new Int8Array(buffer, place.monotone, features);
  const splits = Object.freeze({
    gain: new Float64Array(buffer, place.gain, features),
    bin: new Int32Array(buffer, place.splitBin, features),
    missingLeft: new Uint8Array(buffer, place.missingLeft, features),
    gradient: new Float64Array(buffer, place.splitGradient, features),
    hessian: new Float64Array(buffer, place.splitHessian, features),
  });
  const waiting: (readonly [kind: number, a: number, b: number])[] = [];

  const finish = (): void => {
    if (waiting.length === 0) return;
    words[0] = waiting.length;
    waiting.forEach((step, at) => words.set(step, 1 + 3 * at));
    waiting.length = 0;
    crew.run("leafWork");
  };
  const add = (kind: number, a: number, b: number): number => {
    if (waiting.length === STEPS - 1 && kind !== KIND.scan) finish();
    return waiting.push([kind, a, b]) - 1;
  };
  const want = (step: number, wanted: Uint8Array | undefined): void => {
    if (wanted === undefined) wantedOf[step]!.fill(1);
    else wantedOf[step]!.set(wanted);
  };
  return Object.freeze({
    sums(leaf: number, slot: number, wanted: Uint8Array | undefined, whole: boolean) {
      want(add(whole ? KIND.allSums : KIND.sums, leaf, slot), wanted);
    },
    subtract(slot: number, other: number, wanted: Uint8Array | undefined) {
      want(add(KIND.subtract, slot, other), wanted);
    },
    scan(slot: number, limits: ScanLimits, scales: QuantisedSums) {
      const { l1, l2, least, maxDelta, lower, upper, unit, bounded } = quantisedLimits(limits, scales);
      add(KIND.scan, slot, 0);
      reals.set([l1, l2, least, maxDelta, lower, upper, unit, limits.sums.gradient, limits.sums.hessian]);
      words[13] = bounded ? 1 : 0;
      words[14] = limits.randomSeed === undefined ? 0 : 1;
      words[15] = limits.randomSeed ?? 0;
      allowed.set(limits.allowed);
      if (limits.monotone === undefined) monotone.fill(0);
      else monotone.set(limits.monotone);
      finish();
      return splits;
    },
    finish,
  });
}
