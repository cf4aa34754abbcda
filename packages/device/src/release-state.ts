import type { Envelope } from "@tideline/spec";
import { readJsonFile, writeJsonFile, type FilePorts } from "./json-file.ts";
import { createSerial } from "./serial.ts";

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
  /** Begun loads that did not end well, by key of version and runtime: what is left here crashed the app. */
  readonly attempts: Readonly<Record<string, number>>;
  /** Keys of what is not tried again. */
  readonly skipped: readonly (string | number)[];
  /** Milliseconds for a window of the self-test, by key; only what passed it stands here. */
  readonly times?: Readonly<Record<string, number>>;
}

const EMPTY: ReleaseState = {
  format: 1,
  accepted: 0,
  killed: false,
  active: null,
  previous: null,
  attempts: {},
  skipped: [],
};

/** Loads of one version by one runtime that may end badly before both are never brought together again. */
const MOST_ATTEMPTS = 2;

/** The state with a begun load more. */
export function beginAttempt(state: ReleaseState, key: string): ReleaseState {
  return { ...state, attempts: { ...state.attempts, [key]: (state.attempts[key] ?? 0) + 1 } };
}

/** The state after a load that ended well, or badly in a way that may pass. */
export function endAttempt(state: ReleaseState, key: string): ReleaseState {
  const { [key]: _ended, ...attempts } = state.attempts;
  return { ...state, attempts };
}

/** The state in which what had too many bad loads is skipped. */
export function skipHopeless(state: ReleaseState): ReleaseState {
  return Object.keys(state.attempts).reduce(
    (current, key) =>
      state.attempts[key]! < MOST_ATTEMPTS
        ? current
        : { ...endAttempt(current, key), skipped: [...current.skipped, key] },
    state,
  );
}

/** A release state on storage. */
export interface ReleaseStore {
  state(): ReleaseState;
  /** Changes the state, one change after the other; durable when resolved. */
  change(step: (state: ReleaseState) => ReleaseState): Promise<void>;
}

/** Opens the state of a model's channel. */
export async function openReleaseStore(
  ports: FilePorts,
  model: string,
  channel: string,
): Promise<ReleaseStore> {
  const file = `release-${model}-${channel}.json`;
  const serial = createSerial();
  let state = (await readJsonFile<ReleaseState>(ports, file)) ?? EMPTY;
  return {
    state: () => state,
    change: (step) =>
      serial(async () => {
        const next = step(state);
        if (next === state) return;
        await writeJsonFile(ports, file, next);
        state = next;
      }),
  };
}
