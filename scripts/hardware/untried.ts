/** Something that has never run on the hardware that it is for. */
export interface Untried {
  /** What it is, with the path of the code where there is one. */
  readonly feature: string;
  /** What was run instead, and with what outcome: a runtime, an emulator, a simulator; or "nothing". */
  readonly instead: string;
  /** What somebody with the hardware runs, and what it has to show, to take the row away. */
  readonly proof: string;
}

/** Rows of one area. To add one, append it; to prove one, remove it in the commit that brings the evidence. */
export interface UntriedArea {
  readonly name: string;
  readonly rows: readonly Untried[];
}
