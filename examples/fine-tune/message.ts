import type { FineTuneSettings } from "./fine-tune.ts";
import type { Judgement } from "./judge.ts";

/** What the page tells the worker. */
export type Order =
  | { readonly kind: "start"; readonly settings: FineTuneSettings }
  /** Keeps what there is after the epoch under way. */
  | { readonly kind: "stop" };

/** What is kept of a run beside the model. */
export interface Report {
  readonly settings: FineTuneSettings;
  readonly runtime: string;
  readonly parameters: number;
  /** Of the ONNX file that each step ran, hexadecimal. */
  readonly stepGraphSha256: string;
  readonly losses: readonly number[];
  /** Median, gathering the batch included; null for fewer than two steps in an epoch. */
  readonly millisecondsPerStep: number | null;
  readonly accuracyBefore: number;
  readonly accuracyAfter: number;
  /** Of the held-out windows after training: [window, activity]. */
  readonly probabilities: readonly number[];
}

/** What the worker tells the page. */
export type News =
  | { readonly kind: "ready" }
  | { readonly kind: "before"; readonly before: Judgement }
  | { readonly kind: "step"; readonly step: number; readonly steps: number; readonly loss: number }
  | {
      readonly kind: "epoch";
      readonly epoch: number;
      readonly accuracy: number;
      readonly millisecondsPerStep: number | null;
    }
  | {
      readonly kind: "done";
      readonly after: Judgement;
      readonly report: Report;
      readonly onnx: Uint8Array<ArrayBuffer>;
    }
  | { readonly kind: "failed"; readonly words: string };
