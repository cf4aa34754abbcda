import type { Envelope } from "@tideline/spec";
import { readJsonFile, writeJsonFile, type FilePorts } from "./json-file.ts";

/** What a phone remembers of the releases of one model and channel. */
export interface ReleaseState {
  readonly format: 1;
  /** Highest version that was ever accepted: nothing older is taken again. */
  readonly accepted: number;
  /** The accepted version switches the model off. */
  readonly killed: boolean;
  readonly active: Envelope | null;
  /** The release before the active one, should that stop loading. */
  readonly previous: Envelope | null;
  /** Begun loads that did not end well, by version: what is left here after a start crashed the app. */
  readonly attempts: Readonly<Record<string, number>>;
  /** Versions that are not tried again. */
  readonly skipped: readonly number[];
}

const EMPTY: ReleaseState = Object.freeze({
  format: 1,
  accepted: 0,
  killed: false,
  active: null,
  previous: null,
  attempts: {},
  skipped: [],
});

/** Loads of a version that may end badly before it is skipped. */
const MOST_ATTEMPTS = 2;

/** The state with a begun load more. */
export function beginAttempt(state: ReleaseState, version: number): ReleaseState {
  const attempts = { ...state.attempts, [version]: (state.attempts[version] ?? 0) + 1 };
  return { ...state, attempts };
}

/** The state after a load that ended well, or badly in a way that may pass. */
export function endAttempt(state: ReleaseState, version: number): ReleaseState {
  const { [version]: _ended, ...attempts } = state.attempts;
  return { ...state, attempts };
}

/** The state in which versions with too many bad loads are skipped. */
export function skipHopeless(state: ReleaseState): ReleaseState {
  const hopeless = Object.keys(state.attempts)
    .map(Number)
    .filter((version) => state.attempts[version]! >= MOST_ATTEMPTS);
  return hopeless.reduce(
    (current, version) => ({ ...endAttempt(current, version), skipped: [...current.skipped, version] }),
    state,
  );
}

/** A release state on storage. */
export interface ReleaseStore {
  state(): ReleaseState;
  /** Replaces the state; durable when resolved. */
  save(next: ReleaseState): Promise<void>;
}

/** Opens the state of a model's channel. */
export async function openReleaseStore(
  ports: FilePorts,
  model: string,
  channel: string,
): Promise<ReleaseStore> {
  const file = `release-${model}-${channel}.json`;
  let state = (await readJsonFile<ReleaseState>(ports, file)) ?? EMPTY;
  return Object.freeze({
    state: () => state,
    save: async (next: ReleaseState) => {
      if (next === state) return;
      await writeJsonFile(ports, file, next);
      state = next;
    },
  });
}
