import { LARGEST_QUANTISED, LARGEST_QUANTISED_SUM, quantisedScale } from "./quantised-scale.ts";
import { SUM_BLOCK, type WasmPlaces } from "./wasm-layout.ts";

/** Scales of derivatives, from what the threads saw of their sizes. */
export interface SurveyedScale {
  /**
   * The scale of `quantisedScale`.
   *
   * @param rows places surveyed: those of the bag, or of all rows.
   * @throws TRAINING_DIVERGED as it does.
   */
  of(what: "gradient" | "hessian", rows: number, values: Float32Array, bag: Int32Array | undefined): number;
}

/** Reads what `survey.as` writes: 16 words a thread, 8 for each derivative. */
export function surveyedScale(
  buffer: ArrayBufferLike,
  place: WasmPlaces,
  rows: number,
  threads: number,
): SurveyedScale {
  const blockSums = new Float64Array(buffer, place.blockSums, 2 * Math.ceil(rows / SUM_BLOCK));
  const sizes = new Float32Array(buffer, place.survey, 16 * threads);
  const flags = new Int32Array(buffer, place.survey, 16 * threads);
  return Object.freeze({
    of(what: "gradient" | "hessian", count: number, values: Float32Array, bag: Int32Array | undefined) {
      const second = what === "hessian" ? 1 : 0;
      const blocks = Math.ceil(count / SUM_BLOCK);
      let sum = 0;
      for (let block = 0; block < blocks; block++) sum += blockSums[blocks * second + block]!;
      let [largest, smallest, whole, negative] = [-Infinity, Infinity, true, false];
      for (let thread = 0; thread < threads; thread++) {
        const at = 16 * thread + 8 * second;
        largest = Math.max(largest, sizes[at]!);
        smallest = Math.min(smallest, sizes[at + 1]!);
        whole &&= flags[at + 2] === 0;
        negative ||= flags[at + 3] !== 0;
      }
      if (!Number.isFinite(sum) || (second === 1 && negative)) {
        // The oracle finds the row and says it.
        return quantisedScale(what, values, bag ?? Int32Array.from({ length: count }, (_, row) => row));
      }
      if (whole && largest <= LARGEST_QUANTISED && sum <= LARGEST_QUANTISED_SUM) return 1;
      if (smallest === largest) return largest;
      return Math.max(largest / LARGEST_QUANTISED, sum / (LARGEST_QUANTISED_SUM - count));
    },
  });
}
