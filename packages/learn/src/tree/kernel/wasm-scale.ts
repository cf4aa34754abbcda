import { LARGEST_QUANTISED, LARGEST_QUANTISED_SUM, quantisedScale } from "./quantised-scale.ts";
import { SUM_BLOCK, type WasmPlaces } from "./wasm-layout.ts";

/** What a thread saw of one derivative's sizes; `survey.as` writes it. */
interface Survey {
  readonly largest: number;
  readonly smallest: number;
  readonly whole: boolean;
  readonly negative: boolean;
}

/**
 * The scale of `quantisedScale` from what the threads saw.
 *
 * @param rows places surveyed: those of the bag, or of all rows.
 * @throws TRAINING_DIVERGED as it does.
 */
export function surveyedScale(
  what: "gradient" | "hessian",
  buffer: ArrayBufferLike,
  place: WasmPlaces,
  threads: number,
  rows: number,
  values: Float32Array,
  bag: Int32Array | undefined,
): number {
  const second = what === "hessian" ? 1 : 0;
  const blocks = Math.ceil(rows / SUM_BLOCK);
  const sums = new Float64Array(buffer, place.blockSums + 8 * blocks * second, blocks);
  let sum = 0;
  for (let block = 0; block < blocks; block++) sum += sums[block]!;
  const seen = Array.from({ length: threads }, (_, thread) =>
    surveyOf(buffer, place.survey + 64 * thread + 32 * second),
  );
  const largest = Math.max(...seen.map((survey) => survey.largest));
  const smallest = Math.min(...seen.map((survey) => survey.smallest));
  if (!Number.isFinite(sum) || (second === 1 && seen.some(({ negative }) => negative))) {
    // The oracle finds the row and says it.
    return quantisedScale(what, values, bag ?? Int32Array.from({ length: rows }, (_, row) => row));
  }
  const whole = seen.every((survey) => survey.whole);
  if (whole && largest <= LARGEST_QUANTISED && sum <= LARGEST_QUANTISED_SUM) return 1;
  if (smallest === largest) return largest;
  return Math.max(largest / LARGEST_QUANTISED, sum / (LARGEST_QUANTISED_SUM - rows));
}

function surveyOf(buffer: ArrayBufferLike, at: number): Survey {
  const [largest, smallest] = new Float32Array(buffer, at, 2) as unknown as [number, number];
  const [broken, negative] = new Int32Array(buffer, at + 8, 2) as unknown as [number, number];
  return { largest, smallest, whole: broken === 0, negative: negative !== 0 };
}
