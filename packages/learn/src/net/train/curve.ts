/** What an epoch came to. */
export interface EpochRecord {
  /** 1, 2, ... */
  readonly epoch: number;
  /** Weighted mean of the training loss over the epoch's steps, as it stood at each of them. */
  readonly loss: number;
  /** The rate of the epoch's last step. */
  readonly rate: number;
  /** The largest norm of a step's gradient, before clipping. */
  readonly gradientNorm: number;
  /** Weighted mean loss of the validation rows after the epoch; absent without validation. */
  readonly validationLoss?: number;
  /** The named metric of the validation rows after the epoch; absent without one. */
  readonly metric?: number;
}

/** What decides which epoch is the best. */
export type Monitor = "loss" | "metric";

/** How a run of epochs is judged. */
export interface Judge {
  readonly monitor: Monitor;
  readonly better: "higher" | "lower";
  /** An epoch counts as better only by more than this. */
  readonly minDelta: number;
}

/** What an epoch is judged by. */
export function judgedValue(record: EpochRecord, monitor: Monitor): number | undefined {
  return monitor === "metric" ? record.metric : record.validationLoss;
}

/**
 * The best epoch so far (1, 2, ...; the earliest of equals), or 0 where none was judged. It follows from the curves
 * alone, so that a run that was resumed decides as the one that was not interrupted.
 */
export function bestEpoch(curves: readonly EpochRecord[], { monitor, better, minDelta }: Judge): number {
  const sign = better === "higher" ? 1 : -1;
  let best = 0;
  let value = -Infinity;
  for (const record of curves) {
    const judged = judgedValue(record, monitor);
    if (judged === undefined || !(sign * judged > value + (best === 0 ? 0 : minDelta))) continue;
    best = record.epoch;
    value = sign * judged;
  }
  return best;
}
