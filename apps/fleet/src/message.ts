import type { PredictionSource, RootMetadata, ScaledClockOptions } from "@tideline/spec";
import type { Cohort } from "./recording/recording.ts";
import type { Special } from "./trait.ts";

/** What a phone plays in one phase of a run. */
export interface PhasePlan {
  /** Prefix of session ids, so that the same recording played again is other sessions. */
  readonly phase: string;
  /** True: every phone is turned 180 degrees about z, acceleration and gyroscope. */
  readonly turned: boolean;
  /** False: only record. */
  readonly predict: boolean;
  /**
   * `all` (the default): the phase lasts until the last label of its predictions is sent, up to four virtual
   * minutes after the last sample. `due`: labels that are not due when the last sample is played come later.
   */
  readonly labels?: "all" | "due";
}

/** Everything that a fleet needs before it plays. */
export interface FleetConfiguration {
  /** Folder of the real recordings, or null for made-up people. */
  readonly data: string | null;
  readonly seed: number;
  /** Made-up people by cohort; 12, 4 and 4 where it is not given. */
  readonly people?: Readonly<Record<Cohort, number>>;
  /** Where the phones' journals and the truth about their sessions are kept. */
  readonly folder: string;
  /** Base URL of the ingest server. */
  readonly collect: string;
  /** Base URL of the console. */
  readonly console: string;
  readonly writeKey: string;
  readonly root: RootMetadata;
  /** `stable` where it is not given. */
  readonly channel?: string;
  readonly clock: ScaledClockOptions;
  /** Module that exports the app's definition as `app`: a path or a file URL. */
  readonly appModule: string;
  /** Content hash of the definition. */
  readonly definition: string;
}

/** What `tideline start` tells the fleet. Commands are done one after the other. */
export type FleetCommand =
  | ({ readonly type: "configure" } & FleetConfiguration)
  | ({ readonly type: "play"; readonly cohorts: readonly string[] } & PhasePlan)
  /** Flushes what can be flushed within ten seconds, reports and stops. */
  | { readonly type: "finish" };

/** A phone as others know it. */
export interface PhoneEntry {
  readonly subject: string;
  readonly cohort: Cohort;
  readonly install: string;
  readonly user: string;
  readonly special: Special | null;
}

/** What became of a phone. `recorded = acknowledged + pending + dropped`; quarantined ones are acknowledged. */
export interface PhoneSummary extends PhoneEntry {
  readonly epochs: readonly number[];
  readonly recorded: number;
  readonly acknowledged: number;
  readonly pending: number;
  readonly dropped: number;
  readonly quarantined: number;
  readonly retries: number;
  readonly outages: number;
  /** Duplicates that the server reported. */
  readonly duplicates: number;
  /** Version of the release in use, 0 for none. */
  readonly release: number;
  readonly predictions: Readonly<Record<PredictionSource, number>>;
}

/** Counters of a phone, or of all of them, while they play. */
export interface PhoneStatus {
  /** Seconds of recordings played in this phase. */
  readonly playedSeconds: number;
  /** Over all phases. */
  readonly recorded: number;
  readonly acknowledged: number;
  readonly predictions: number;
}

/** What the fleet tells `tideline start`. */
export type FleetMessage =
  | { readonly type: "ready"; readonly phones: readonly PhoneEntry[] }
  /** About four a second while a phase plays; seconds are summed over phones. */
  | ({ readonly type: "progress"; readonly phase: string; readonly totalSeconds: number } & PhoneStatus)
  /** Every phone has played, sent its labels and been acknowledged. */
  | { readonly type: "phase"; readonly phase: string; readonly done: true }
  | { readonly type: "phone-killed"; readonly subject: string }
  | { readonly type: "activated"; readonly subject: string; readonly version: number }
  | { readonly type: "summary"; readonly phones: readonly PhoneSummary[]; readonly peakMb: number }
  /** The process ends with the exit status of the code. */
  | { readonly type: "failed"; readonly code: string; readonly message: string };
