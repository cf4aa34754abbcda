import {
  definitionHash,
  isTidelineError,
  tidelineError,
  type AppDefinition,
  type EventDefinition,
  type ModelDefinition,
  type PredictionSource,
  type PropertiesOf,
  type RootMetadata,
  type SequenceSet,
} from "@tideline/spec";
import { openConsent } from "./consent.ts";
import { draftEvent } from "./draft.ts";
import { guardStorage } from "./guard-storage.ts";
import { openIdentity } from "./identity.ts";
import { openJournal } from "./journal.ts";
import { readJsonFile, writeJsonFile } from "./json-file.ts";
import { DEFAULT_LIMITS, type ClientLimits } from "./limits.ts";
import type { DevicePorts } from "./ports.ts";
import { answerWindow, type Answer } from "./predict.ts";
import { openQueue, QUEUE_FILE } from "./queue.ts";
import { EMPTY_STATE, type QueueState } from "./queue-state.ts";
import { openReleaseSlot, type ReleaseSlot, type ReleaseStatus, type UpdateOutcome } from "./release-slot.ts";
import { SDK_VERSION } from "./sdk-version.ts";
import { createTally } from "./tally.ts";
import { openTrust } from "./trust.ts";
import { createUpload, type FlushOutcome } from "./upload.ts";

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
export interface Prediction extends Answer {
  readonly predictionId: string;
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
  readonly releases: Readonly<Record<string, ReleaseStatus>>;
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
  /**
   * Sends what waits, with pauses and new attempts where the server or the network fails. Tells failures, of the
   * storage too, by its outcome.
   */
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
  /** Sequence numbers that the server took over, by `install.epoch`. */
  acknowledged(): Readonly<Record<string, SequenceSet>>;
  /** Waits for writes that are under way and frees models; call nothing afterwards. */
  close(): Promise<void>;
}

/**
 * Opens the client of a phone on its storage; works without a network, with the release of the last time. One
 * client at a time may have a storage open.
 *
 * @example
 * const client = await createClient({ app, ports, collect, console, writeKey, user: "ada", root,
 *   channel: "stable", environment: "production" });
 * await client.setConsent(["analytics"]);
 * await client.track(tap, { target: "start", screen: "home" });
 * await client.flush();
 */
export async function createClient(options: ClientOptions): Promise<Client> {
  const { app, collect, console, writeKey, root, channel, environment } = options;
  const ports: DevicePorts = { ...options.ports, storage: guardStorage(options.ports.storage) };
  const limits: ClientLimits = { ...DEFAULT_LIMITS, ...options.limits };
  const tally = createTally(ports.clock, ports.log);
  const definition = options.definition ?? (await definitionHash(app, ports));
  let user = options.user;

  const journal = await openJournal(ports, limits.segmentBytes);
  const state = await readJsonFile<QueueState>(ports, QUEUE_FILE);
  const identity = await openIdentity(ports, state === null || journal.damaged);
  if (state === null) await writeJsonFile(ports, QUEUE_FILE, EMPTY_STATE);
  const source = Object.freeze({ install: identity.install, epoch: identity.epoch });
  const keepJournal = options.keepJournal ?? false;
  const queue = await openQueue({ ports, limits, journal, state: state ?? EMPTY_STATE, source, keepJournal });
  const consent = await openConsent(ports, app, queue);
  const flush = createUpload({ ports, limits, queue, tally, collect, writeKey });
  const trust = await openTrust({ ports, tally, console, pinned: root, timeoutMs: limits.timeoutMs });
  const slots: Record<string, ReleaseSlot> = {};
  for (const model of app.models) {
    const slot = { ports, limits, tally, trust, app, model, console, channel, environment };
    slots[model.name] = await openReleaseSlot(slot);
  }

  const modelNamed = (name: string | undefined): ModelDefinition => {
    const model =
      name === undefined ? app.models[0] : app.models.find((candidate) => candidate.name === name);
    if (model !== undefined) return model;
    throw tidelineError("ARGUMENT_INVALID", {
      who: app.name,
      field: "model",
      expected: app.models.map((candidate) => candidate.name).join(" or ") || "an app with a model",
      received: name ?? "none",
    });
  };

  const record = async (
    event: EventDefinition,
    properties: Readonly<Record<string, unknown>>,
    time: number | undefined,
  ): Promise<EventIdentity | null> => {
    const call = { event, properties, time: time ?? ports.clock(), user, consent: consent.granted() };
    const draft = draftEvent(app, call, limits.batchBytes);
    if (draft === null) {
      tally.withheld += 1;
      return null;
    }
    return { ...source, seq: await queue.record(draft) };
  };

  /** Reports a prediction as an event; an answer is not withheld because it cannot be written down. */
  const reportPrediction = async (
    prediction: Prediction,
    model: ModelDefinition,
    { session, start, time }: PredictionContext,
  ): Promise<void> => {
    const event = app.events["prediction"];
    if (event === undefined) return;
    const { predictionId, latencyMs, probabilities, reason, release, label } = prediction;
    const properties = {
      prediction_id: predictionId,
      session,
      start,
      model: model.name,
      release,
      definition,
      label,
      probabilities: probabilities ?? undefined,
      source: prediction.source,
      reason: reason ?? undefined,
      latency_ms: latencyMs,
    };
    try {
      await record(event, properties, time);
    } catch (error) {
      if (!isTidelineError(error)) throw error;
      tally.report("predict", error, "error");
    }
  };

  let predictions = 0;
  const endpoint = { ports, console, writeKey, timeoutMs: limits.timeoutMs };
  const predict = async (window: Float32Array, context: PredictionContext): Promise<Prediction> => {
    const model = modelNamed(context.model);
    const begun = ports.monotonic();
    const mayAsk = consent.granted().includes(model.cloudPurpose);
    const answer = await answerWindow(window, { model, slot: slots[model.name]!, endpoint, mayAsk, tally });
    predictions += 1;
    const predictionId = `${source.install}.${source.epoch}.${identity.starts}.${predictions}`;
    const latencyMs = Math.max(0, ports.monotonic() - begun);
    const prediction: Prediction = Object.freeze({ ...answer, predictionId, latencyMs });
    tally.predictions[answer.source] += 1;
    await reportPrediction(prediction, model, context);
    return prediction;
  };

  const diagnostics = (): Diagnostics => ({
    sdk: SDK_VERSION,
    ...source,
    consent: consent.granted(),
    events: { ...queue.counts(), withheld: tally.withheld, tornBytes: journal.tornBytes },
    uploads: {
      batches: tally.batches,
      retries: tally.retries,
      outages: tally.outages,
      duplicates: tally.duplicates,
      stopped: tally.stopped,
    },
    releases: Object.fromEntries(Object.entries(slots).map(([name, slot]) => [name, slot.status()])),
    predictions: { ...tally.predictions },
    lastError: tally.lastError,
  });

  return Object.freeze({
    app,
    track: (event: EventDefinition, properties: object, { time }: { time?: number } = {}) =>
      record(event, { ...properties }, time),
    setConsent: consent.set,
    setUser: (next: string | null) => {
      user = next;
    },
    flush,
    update: async (model?: string) => slots[modelNamed(model).name]!.update(),
    predict,
    feedback: async (
      predictionId: string,
      label: string,
      context: { model?: string; time?: number } = {},
    ) => {
      const { predictionLabel } = modelNamed(context.model);
      const properties = { [predictionLabel.predictionId]: predictionId, [predictionLabel.label]: label };
      return record(app.events[predictionLabel.event]!, properties, context.time);
    },
    diagnostics,
    acknowledged: queue.acknowledged,
    close: async () => {
      await queue.idle();
      for (const slot of Object.values(slots)) await slot.dispose();
    },
  });
}
