import type { LeafSplits, QuantisedSums, ScanLimits } from "./tree-kernels.ts";
import type { WasmCrew } from "./wasm-crew.ts";
import { STEPS, type WasmPlaces } from "./wasm-layout.ts";
import { wasmScan } from "./wasm-scan.ts";

/** Steps of `leaf-work.as`. */
const KIND = { sums: 1, allSums: 2, subtract: 3, scan: 4, merge: 5 } as const;

/** About how many sums of a row by a feature take as long as clearing, subtracting or scanning the bins of a feature. */
const FEATURE_WORK = { sums: 30, subtract: 60, scan: 200 } as const;

/** Rows of a leaf from which on threads share them out, where they may. */
const MANY_ROWS = 4096;

/**
 * Work, in sums of a row by a feature, below which it does not pay to wake other threads: some tens of microseconds; and below
 * which it does not even pay to tell those that are awake.
 */
const SMALL_WORK = { asleep: 30_000, awake: 8000 } as const;

/** Work on histograms that waits until its outcome is asked for, so that threads meet once for several steps. */
export interface WasmSteps {
  /** @param rows of the leaf. @param whole whether it has all rows of the table. */
  sums(leaf: number, slot: number, wanted: Uint8Array | undefined, rows: number, whole: boolean): void;
  subtract(slot: number, other: number, wanted: Uint8Array | undefined): void;
  scan(slot: number, limits: ScanLimits, scales: QuantisedSums): LeafSplits;
  scanBoth(
    slots: readonly [number, number],
    limits: readonly [ScanLimits, ScanLimits],
    scales: QuantisedSums,
  ): readonly [LeafSplits, LeafSplits];
  /** Does what waits. */
  finish(): void;
}

/** Steps over the histograms of a crew. @param shared whether threads may share out rows. */
export function wasmSteps(crew: WasmCrew, place: WasmPlaces, features: number, shared: boolean): WasmSteps {
  const { buffer, words, threads } = crew;
  const claims = new Int32Array(buffer, place.claims, 16 * threads);
  const wantedOf = Array.from(
    { length: STEPS },
    (_, step) => new Uint8Array(buffer, place.wanted + step * features, features),
  );
  const scans = [wasmScan(buffer, place, features, 0), wasmScan(buffer, place, features, 1)] as const;
  const both = Object.freeze([scans[0].splits, scans[1].splits] as const);
  let waiting = 0;
  let work = 0;

  const finish = (): void => {
    if (waiting === 0) return;
    words[0] = waiting;
    const small = work < SMALL_WORK.awake || (work < SMALL_WORK.asleep && "little");
    waiting = 0;
    work = 0;
    crew.run("leafWork", small);
  };
  const room = (steps: number): void => {
    if (waiting + steps > STEPS) finish();
  };
  const add = (kind: number, a: number, b: number): number => {
    words[1 + 3 * waiting] = kind;
    words[2 + 3 * waiting] = a;
    words[3 + 3 * waiting] = b;
    return waiting++;
  };
  /** How many features are asked. */
  const want = (step: number, wanted: Uint8Array | undefined): number => {
    if (wanted === undefined) {
      wantedOf[step]!.fill(1);
      return features;
    }
    wantedOf[step]!.set(wanted);
    return countOf(wanted);
  };
  const sumRows = (leaf: number, slot: number, whole: boolean): void => {
    finish();
    claims.fill(0);
    want(0, undefined);
    words.set([leaf, slot, whole ? 1 : 0]);
    crew.run("sumRows");
    add(KIND.merge, slot, 0);
    work += FEATURE_WORK.subtract * features;
  };
  const addScan = (scan: 0 | 1, slot: number, limits: ScanLimits, scales: QuantisedSums): void => {
    add(KIND.scan, slot, scan);
    scans[scan].write(limits, scales);
    work += FEATURE_WORK.scan * countOf(limits.allowed);
  };
  return Object.freeze({
    sums(leaf: number, slot: number, wanted: Uint8Array | undefined, rows: number, whole: boolean) {
      if (shared && rows >= MANY_ROWS && (wanted === undefined || 2 * countOf(wanted) > features)) {
        sumRows(leaf, slot, whole);
        return;
      }
      room(1);
      const asked = want(add(whole ? KIND.allSums : KIND.sums, leaf, slot), wanted);
      work += (FEATURE_WORK.sums + rows) * asked;
    },
    subtract(slot: number, other: number, wanted: Uint8Array | undefined) {
      room(1);
      work += FEATURE_WORK.subtract * want(add(KIND.subtract, slot, other), wanted);
    },
    scan(slot: number, limits: ScanLimits, scales: QuantisedSums) {
      room(1);
      addScan(0, slot, limits, scales);
      finish();
      return both[0];
    },
    scanBoth(
      slots: readonly [number, number],
      limits: readonly [ScanLimits, ScanLimits],
      scales: QuantisedSums,
    ) {
      room(2);
      addScan(0, slots[0], limits[0], scales);
      addScan(1, slots[1], limits[1], scales);
      finish();
      return both;
    },
    finish,
  });
}

function countOf(features: Uint8Array): number {
  let count = 0;
  for (let f = 0; f < features.length; f++) count += features[f]!;
  return count;
}
