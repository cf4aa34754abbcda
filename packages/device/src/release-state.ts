import type { Envelope, ErrorCode } from "@tideline/spec";

/** What came of self-tests, by the key of a candidate: milliseconds for a window, or why it failed. */
export type SelfTests = Readonly<Record<string, number | ErrorCode>>;

/** What a phone remembers of the releases of one model and channel. */
export interface ReleaseState {
  readonly format: 1;
  /** Highest version that was ever accepted: nothing older is taken again. */
  readonly accepted: number;
  /** Keys of the role that signed it. */
  readonly keys?: readonly string[];
  /** The accepted version switches the model off. */
  readonly killed: boolean;
  readonly active: Envelope | null;
  /** The release before the active one, should that stop loading. */
  readonly previous: Envelope | null;
  /** Begun loads that did not end well, by key of a candidate: what is left here crashed the app. */
  readonly attempts: Readonly<Record<string, number>>;
  readonly tests?: SelfTests;
  /**
   * Unpredictable digits that pick this phone for a share of a roll-out, or not; drawn at the first one. Never sent, and
   * not the install's: a child's install is another at each start, and would be within some time.
   */
  readonly draw?: string;
}

/** The state before the first release. */
export const NO_RELEASE: ReleaseState = {
  format: 1,
  accepted: 0,
  killed: false,
  active: null,
  previous: null,
  attempts: {},
};

/** Loads of one file by one runtime that may end badly before both are never brought together again. */
export const MOST_ATTEMPTS = 2;

/**
 * Times that files of one release may end the app on one runtime before no other file of it is tried there: one file may
 * twice, and another must have its turn, but a release of ten must not end it twenty times.
 */
export const MOST_CRASHES = 3;

/** The state with a begun load more, or, after one that ended well or badly in a way that may pass, with none. */
export function noteAttempt(state: ReleaseState, key: string, isOver: boolean): ReleaseState {
  const { [key]: begun = 0, ...others } = state.attempts;
  return { ...state, attempts: isOver ? others : { ...others, [key]: begun + 1 } };
}
