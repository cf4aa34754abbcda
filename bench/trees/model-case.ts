import { comparePrediction } from "./prediction.ts";
import { compareShap } from "./shap.ts";

/** Times of a side for one call, in seconds, one for each turn after those that warm up. */
export interface CallTime {
  readonly seconds: readonly number[];
  readonly median: number;
}

/** A finished model asked by both sides in turns, in warm processes. */
export interface ModelResult {
  readonly case: string;
  /** Rows of a call. */
  readonly rows: number;
  readonly trees: number;
  readonly leaves: number;
  readonly columns: number;
  /** How our rows stand: in typed columns, or in a matrix that a call takes apart. */
  readonly form: "columns" | "matrix";
  readonly threads: { readonly ours: number; readonly peer: number };
  readonly ours: CallTime;
  readonly peer: CallTime;
  readonly peerName: string;
  /** Our median over the peer's. */
  readonly ratio: number;
  /** The largest difference of two answers, absolutely. */
  readonly difference: number;
}

/** What a comparison of finished models is told. */
export interface ModelCompareOptions {
  readonly python: string;
  readonly threads: number;
  /** For models and rows. */
  readonly folder: string;
  /** Smaller models and fewer turns: the harness, no figures. */
  readonly quick: boolean;
}

/** Cases beside those of training. */
export const MODEL_CASES: Readonly<
  Record<string, (options: ModelCompareOptions) => AsyncIterable<ModelResult>>
> = { shap: compareShap, prediction: comparePrediction };
