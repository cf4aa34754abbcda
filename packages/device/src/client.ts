import {
  tidelineError,
  type AppDefinition,
  type ErrorCode,
  type EventDefinition,
  type PredictionSource,
  type PropertiesOf,
  type RootMetadata,
  type SequenceSet,
} from "@tideline/spec";
import type { DevicePorts } from "./ports.ts";

/** Bounds and paces of a client; every field has a default. */
export interface ClientLimits {
  /** Events and bytes (before gzip) of a batch: 500 and 512 KiB. */
  readonly batchEvents: number;
  readonly batchBytes: number;
  /** Bytes of a journal file before the next one is begun: 256 KiB. */
  readonly segmentBytes: number;
  /** Bytes that may wait; the oldest events are dropped beyond it: 32 MiB. */
  readonly pendingBytes: number;
  /** Age beyond which waiting events are dropped, in milliseconds of the device's clock: 30 days. */
  readonly pendingAgeMs: number;
  /** First pause after a failed request and the longest one, milliseconds: 500 and 60,000. */
  readonly backoffMs: number;
  readonly maxBackoffMs: number;
  /** Failed attempts in a row after which `flush` gives up for now: 5. */
  readonly attempts: number;
  /** Milliseconds for a request: 15,000. */
  readonly timeoutMs: number;
  /** Largest artifact that is ever fetched: 64 MiB. */
  readonly artifactBytes: number;
}

/** Options of {@link createClient}. */
export interface ClientOptions {
  readonly app: AppDefinition;
  readonly ports: DevicePorts;
  /** Base URL of the ingest server, without a slash at the end. */
  readonly collect: string;
  /** Base URL of the console: releases, artifacts and the prediction endpoint. */
  readonly console: string;
  /** Key that may write events; sent as the user name of Basic authorisation. */
  readonly writeKey: string;
  /** The app's id of the person, or null before there is one. */
  readonly user: string | null;
  /** Root of trust, pinned in the app. */
  readonly root: RootMetadata;
  readonly channel: string;
  readonly environment: "development" | "production";
  /** Keeps acknowledged events in the journal, for an auditor. */
  readonly keepJournal?: boolean;
  /** Content hash of the definition; computed where it is not given. */
  readonly definition?: string;
  readonly limits?: Partial<ClientLimits>;
}

/** Identity of a recorded event. */
export interface EventIdentity {
  readonly install: string;
  readonly epoch: number;
  readonly seq: number;
}

/** What became of a call of `flush`. */
export interface FlushOutcome {
  /** Events that the server took over during the call. */
  readonly acknowledged: number;
  /** Events that still wait. */
  readonly pending: number;
  /** Why it ended before all was sent; null when nothing waits. */
  readonly stopped: ErrorCode | null;
}

/** What became of a call of `update`. */
export interface UpdateOutcome {
  /**
   * `activated`: a new model runs. `current`: nothing newer. `killed`: the model is switched off. `kept`: what was
   * offered could not be taken, `code` says why, the last good model stays. `offline`: nobody answered.
   */
  readonly result: "activated" | "current" | "killed" | "kept" | "offline";
  /** Version of the release in use, 0 for none. */
  readonly version: number;
  readonly code: ErrorCode | null;
}

/** Where a window stands. */
export interface PredictionContext {
  /** Name of the model; the app's first one where it is not given. */
  readonly model?: string;
  readonly session: string;
  /** First sample of the window in its session. */
  readonly start: number;
  /** Event time of the prediction; the device's clock where it is not given. */
  readonly time?: number;
}

/** An answer of `predict`. */
export interface Prediction {
  readonly label: string;
  readonly predictionId: string;
  readonly source: PredictionSource;
  /** Id of the release that answered, or `none`. */
  readonly release: string;
  /** In the order of the model's labels; null where the rule answered. */
  readonly probabilities: readonly number[] | null;
  /** Why it was not the device's own model; null where it was. */
  readonly reason: string | null;
  readonly latencyMs: number;
}

/** What a support person reads; plain JSON, no content of events. */
export interface Diagnostics {
  readonly sdk: string;
  readonly install: string;
  readonly epoch: number;
  readonly consent: readonly string[];
  /** `recorded = acknowledged + pending + dropped`; quarantined ones are among the acknowledged. */
  readonly events: {
    readonly recorded: number;
    readonly acknowledged: number;
    readonly pending: number;
    readonly dropped: number;
    readonly quarantined: number;
    /** Not recorded, because the person had not consented; since the start. */
    readonly withheld: number;
    /** Bytes of torn writes that were cut off at the start. */
    readonly tornBytes: number;
  };
  /** Since the start. */
  readonly uploads: {
    readonly batches: number;
    readonly retries: number;
    /** Runs of failed requests. */
    readonly outages: number;
    /** Duplicates that the server reported. */
    readonly duplicates: number;
    /** True after the server refused the write key or the address: nothing more is sent until `flush`. */
    readonly stopped: boolean;
  };
  /** By model. */
  readonly releases: Readonly<
    Record<
      string,
      {
        readonly version: number;
        readonly id: string;
        readonly accepted: number;
        readonly killed: boolean;
        readonly skipped: readonly number[];
        readonly loaded: boolean;
        readonly lastCode: ErrorCode | null;
      }
    >
  >;
  readonly predictions: Readonly<Record<PredictionSource, number>>;
  readonly lastError: { readonly code: string; readonly message: string; readonly time: number } | null;
}

/** A client on one phone. */
export interface Client {
  readonly app: AppDefinition;
  /**
   * Records an event; when it resolves the event survives the loss of power. Resolves to null where the person has
   * not consented to the event's purpose. Throws `EVENT_UNKNOWN`, `FIELD_MISSING`, `FIELD_INVALID`, `FIELD_UNKNOWN`,
   * `TIME_INVALID`, `STORAGE_FAILED`.
   *
   * @example await client.track(tap, { target: "start", screen: "home" });
   */
  track<Event extends EventDefinition>(
    event: Event,
    properties: PropertiesOf<Event>,
    options?: { readonly time?: number },
  ): Promise<EventIdentity | null>;
  /** Sets the purposes that the person consents to, all of them; waiting events of withdrawn ones are removed. */
  setConsent(purposes: readonly string[]): Promise<void>;
  /** Sets the app's id of the person for events from now on. */
  setUser(user: string | null): void;
  /** Sends what waits, with pauses and new attempts where the server or the network fails. Never throws for those. */
  flush(): Promise<FlushOutcome>;
  /** Asks for a newer release of a model and takes it if it may be trusted and works. Never throws for a bad one. */
  update(model?: string): Promise<UpdateOutcome>;
  /** Answers a window `[size, channels]`: by the model, else by the endpoint (if consented to), else by the rule. */
  predict(window: Float32Array, context: PredictionContext): Promise<Prediction>;
  /** Reports what a prediction should have been. */
  feedback(
    predictionId: string,
    label: string,
    options?: { readonly model?: string; readonly time?: number },
  ): Promise<EventIdentity | null>;
  diagnostics(): Diagnostics;
  /** Sequence numbers that the server took over, by epoch. */
  acknowledged(): Readonly<Record<string, SequenceSet>>;
  /** Waits for writes that are under way and frees models; call nothing afterwards. */
  close(): Promise<void>;
}

/**
 * Opens the client of a phone on its storage; works without a network, with the release of the last time.
 *
 * @example
 * const client = await createClient({ app, ports, collect, console, writeKey, user: "ada", root,
 *   channel: "stable", environment: "production" });
 */
export function createClient(options: ClientOptions): Promise<Client> {
  throw tidelineError("INTERNAL", { who: options.app.name, remedy: "Not built yet." });
}
