/** What a round came to. */
export interface RoundRecord {
  /** 1, 2, ... counted over all rounds of continued fits. */
  readonly round: number;
  /** Leaves of the round's trees, all together. */
  readonly leaves: number;
  /** Weighted mean loss of the training rows after the round, where that was asked for. */
  readonly loss?: number;
  /** Weighted mean loss of the validation rows after the round; absent without validation. */
  readonly validationLoss?: number;
  /** The metric of the validation rows after the round; absent without one. */
  readonly metric?: number;
}

/** How far a fit is. */
export interface RoundProgress {
  /** Rounds of this fit that are done, and those that it may have. */
  readonly round: number;
  readonly rounds: number;
  readonly seconds: number;
  /** Were all rounds alike, and none left out at the end. */
  readonly secondsLeft: number;
}

/** Why a fit ended. */
export type BoostEnd =
  /** All rounds are done. */
  | "rounds"
  /** The validation rows had nothing better for so long. */
  | "patience"
  /** `onRound` said so. */
  | "stopped"
  /** Nothing can be split any more. */
  | "noSplit";
