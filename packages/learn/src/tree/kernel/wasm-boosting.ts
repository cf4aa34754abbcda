import type { BoostingRows, KernelObjective, KernelOptions } from "./tree-kernels.ts";
import type { WasmCrew } from "./wasm-crew.ts";
import type { WasmPlaces } from "./wasm-layout.ts";

/** Numbers of `derivative.as`. */
const OBJECTIVES = {
  binaryLogLoss: 1,
  multiclassLogLoss: 2,
  squaredError: 3,
} satisfies Record<KernelObjective, number>;

/** Exponentials for which it does not pay to wake other threads: some tens of microseconds. */
const SMALL = 4096;

/**
 * The rows of boosting in the kernels' memory.
 *
 * @param finish does the work on histograms that waits: it is told in the same words as what follows here.
 */
export function wasmBoosting(
  crew: WasmCrew,
  place: WasmPlaces,
  rows: number,
  { objective, outputs, weighted }: NonNullable<KernelOptions["boosting"]>,
  finish: () => void,
): BoostingRows {
  const { buffer, words } = crew;
  return Object.freeze({
    scores: new Float64Array(buffer, place.scores, rows * outputs),
    label:
      objective === "squaredError"
        ? new Float64Array(buffer, place.label, rows)
        : new Float32Array(buffer, place.label, rows),
    weight: weighted ? new Float64Array(buffer, place.weight, rows) : undefined,
    begin() {
      if (objective !== "multiclassLogLoss") return;
      finish();
      words[1] = outputs;
      crew.run("prepareSoftmax", rows * outputs < SMALL);
    },
    derivatives(output: number) {
      finish();
      words.set([OBJECTIVES[objective], outputs, output]);
      crew.run("derive", rows < SMALL);
    },
  });
}
