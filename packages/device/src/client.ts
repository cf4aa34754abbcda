import {
  definitionHash,
  isTidelineError,
  tidelineError,
  type AppDefinition,
  type Envelope,
  type EventDefinition,
  type ModelDefinition,
  type PredictionSource,
  type PropertiesOf,
  type RootMetadata,
  type SequenceSet,
} from "@tideline/spec";
import { backoff } from "./backoff.ts";
import type { Budget, BudgetStatus } from "./budget.ts";
import { runtimeName } from "./candidate.ts";
import type { CloudTier } from "./cloud.ts";
import { openConsent } from "./consent.ts";
import { draftEvent } from "./draft.ts";
import { guardStorage } from "./guard-storage.ts";
import { DEFAULT_LIMITS, type ClientLimits } from "./limits.ts";
import type { DevicePorts } from "./ports.ts";
import { answerWindow, type Answer } from "./predict.ts";
import { openRecorder } from "./recorder.ts";
import {
  openReleaseSlot,
  type BundledRelease,
  type ReleaseSlot,
  type ReleaseStatus,
  type UpdateOutcome,
} from "./release-slot.ts";
import { SDK_VERSION } from "./sdk-version.ts";
import { openSubject, type SubjectRequest } from "./subject.ts";
import { createTally } from "./tally.ts";
import { openTrust } from "./trust.ts";
import type { FlushOutcome } from "./upload.ts";

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
  /**
   * A signed release of the app's own package, for each model that has one: used from the first start on, without a
   * network, until a newer one is verified. An older one than was ever accepted is passed over.
   */
  readonly bundled?: BundledRelease | readonly BundledRelease[];
  /** The endpoint as a tier of the fallback chain: `askCloud`. Without it no window leaves the phone, ever. */
  readonly cloud?: CloudTier;
  /** What the client may spend in a day: `createBudget(limits)`. */
  readonly budget?: Budget;
  readonly restrict?: Restriction;
}

/** What holds for a person whatever they, or somebody for them, agreed to. */
export interface Restriction {
  /** An opt-out signal (Global Privacy Control, a setting of the system): only purposes declared `essential` count. */
  readonly optOut?: boolean;
  /**
   * A minor: no lasting id (events carry no user and every start is a new install) and no training (no purpose of a
   * model counts, so that the rule answers).
   */
  readonly minor?: boolean;
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
  /** `tier/name version` of each runtime of the platform. */
  readonly runtimes: readonly string[];
  readonly predictions: Readonly<Record<PredictionSource, number>>;
  /** What the person asked the server for: those that are not done yet, and the last ones that are. */
  readonly requests: readonly SubjectRequest[];
  /** Null without a budget. */
  readonly budget: BudgetStatus | null;
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
  /**
   * Answers a window `[size, channels]`: by the model on the fastest runtime that passed its self-test, else on the
   * others, else by the endpoint (if the app has that tier and the person consented to it), else by the last answer of
   * the session, else by the rule. Without consent to the model's purpose the rule answers and nothing is recorded.
   */
  predict(window: Float32Array, context: PredictionContext): Promise<Prediction>;
  /** Reports what a prediction should have been. */
  feedback(
    predictionId: string,
    label: string,
    options?: { readonly model?: string; readonly time?: number },
  ): Promise<EventIdentity | null>;
  /**
   * Asks the server for everything that it holds of this install. Waits a little; where it is not done by then, or
   * there is no network, another call goes on with the same request.
   */
  exportMe(): Promise<SubjectRequest & { readonly bytes: Uint8Array | null }>;
  /**
   * Erases this install: its queue and its identity here and at once, and what the server holds as soon as it can be
   * told, also after a restart. Events from now on are those of a new install; to record none, take consent back too.
   */
  eraseMe(): Promise<SubjectRequest & { readonly receipt: Envelope | null }>;
  diagnostics(): Diagnostics;
  /** Sequence numbers that the server took over, by `install.epoch`. */
  acknowledged(): Readonly<Record<string, SequenceSet>>;
  /** Waits for writes that are under way and frees models; call nothing afterwards. */
  close(): Promise<void>;
}

/** UTF-16 units of a reason that fit into the prediction event. */
const REASON_LENGTH = 256;

/** The last answer of a model, which may stand in for the next ones of its session. */
interface LastAnswer {
  readonly session: string;
  /** Event time, milliseconds since 1970. */
  readonly time: number;
  readonly answer: Answer;
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
  const {
    app,
    collect,
    console,
    writeKey,
    channel,
    environment,
    cloud = null,
    budget,
    restrict = {},
  } = options;
  const limits: ClientLimits = { ...DEFAULT_LIMITS, ...options.limits };
  const guarded: DevicePorts = {
    ...options.ports,
    storage: guardStorage(options.ports.storage, ["append", "read", "write", "remove", "list"]),
    secure: guardStorage(options.ports.secure, ["read", "write", "remove"]),
  };
  const ports = (await budget?.open(guarded)) ?? guarded;
  const tally = createTally(ports.clock, ports.log);
  const definition = options.definition ?? (await definitionHash(app, ports));
  const { timeoutMs } = limits;
  let user = options.user;
  let predictions = 0;
  const lasts = new Map<string, LastAnswer>();

  const trust = await openTrust({ ports, tally, console, pinned: options.root, timeoutMs });
  const subject = await openSubject({ ports, tally, trust, console, writeKey, timeoutMs });
  const open = () =>
    openRecorder({
      ports,
      limits,
      tally,
      collect,
      writeKey,
      keepJournal: options.keepJournal ?? false,
      fresh: restrict.minor ?? false,
      isErased: subject.isErased,
    });
  let recorder = await open();
  const consent = await openConsent({
    ports,
    app,
    allows: (purpose) =>
      (!restrict.optOut || (app.essential ?? []).includes(purpose)) &&
      (!restrict.minor || app.models.every((model) => model.purpose !== purpose)),
    purge: (granted) => recorder.queue.purge(granted),
  });
  const slots: Record<string, ReleaseSlot> = {};
  const bundled = [options.bundled ?? []].flat();
  for (const model of app.models) {
    const slot = { ports, limits, tally, trust, app, model, console, channel, environment, bundled };
    slots[model.name] = await openReleaseSlot(slot);
  }

  const modelNamed = (name: string | undefined): ModelDefinition => {
    const model = app.models.find((candidate) => name === undefined || candidate.name === name);
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
    time: number = ports.clock(),
  ): Promise<EventIdentity | null> => {
    const { queue, identity } = recorder;
    const call = { event, properties, time, user: restrict.minor ? null : user, consent: consent.granted() };
    const draft = draftEvent(app, call, limits.batchBytes);
    if (draft === null) {
      tally.withheld += 1;
      return null;
    }
    const { install, epoch } = identity;
    return { install, epoch, seq: await queue.record(draft) };
  };

  /** Reports a prediction as an event; an answer is not withheld because it cannot be written down. */
  const reportPrediction = async (
    { predictionId, latencyMs, probabilities, reason, release, label, source }: Prediction,
    model: ModelDefinition,
    { session, start, time }: PredictionContext,
  ): Promise<void> => {
    const event = app.events["prediction"];
    if (event === undefined) return;
    const properties = {
      prediction_id: predictionId,
      session,
      start,
      model: model.name,
      release,
      definition,
      label,
      probabilities,
      source,
      reason: reason?.slice(0, REASON_LENGTH),
      latency_ms: latencyMs,
    };
    try {
      await record(event, properties, time);
    } catch (error) {
      if (!isTidelineError(error)) throw error;
      tally.report("predict", error, "error");
    }
  };

  const predict = async (window: Float32Array, context: PredictionContext): Promise<Prediction> => {
    const model = modelNamed(context.model);
    const { name, purpose } = model;
    const { session, time = ports.clock() } = context;
    const begun = ports.monotonic();
    const last = lasts.get(name);
    const isRecent = last?.session === session && Math.abs(time - last.time) <= limits.lastAnswerMs;
    const granted = consent.granted();
    const answer = await answerWindow(window, {
      model,
      slot: slots[name]!,
      cloud,
      cloudOptions: { ports, console, writeKey, timeoutMs },
      consent: granted,
      tally,
      last: isRecent ? last.answer : null,
    });
    const { source } = answer;
    if (source === "device" || source === "endpoint") lasts.set(name, { session, time, answer });
    predictions += 1;
    const { install, epoch, starts } = recorder.identity;
    const predictionId = `${install}.${epoch}.${starts}.${predictions}`;
    const latencyMs = Math.max(0, ports.monotonic() - begun);
    const prediction: Prediction = Object.freeze({ ...answer, predictionId, latencyMs });
    tally.predictions[source] += 1;
    if (granted.includes(purpose)) await reportPrediction(prediction, model, context);
    return prediction;
  };

  /** Asks after a request until it is finished, the network is away or some attempts are over. */
  const follow = async ({ kind, install }: SubjectRequest): Promise<SubjectRequest> => {
    for (let attempt = 1; ; attempt += 1) {
      await subject.advance();
      const now = subject.requests().find((one) => one.kind === kind && one.install === install)!;
      const isOver = now.state === "pending" || now.state === "done" || now.state === "failed";
      if (isOver || attempt === limits.attempts) return now;
      await ports.timer.wait(backoff(attempt, { ...limits, random: ports.random }));
    }
  };

  const exportMe: Client["exportMe"] = async () => {
    const request = await follow(await subject.begin("export", recorder.identity));
    const isDone = request.state === "done";
    return { ...request, bytes: isDone ? await subject.download(request, limits.exportBytes) : null };
  };

  const eraseMe: Client["eraseMe"] = async () => {
    const begun = await subject.begin("erase", recorder.identity);
    lasts.clear();
    await recorder.queue.close();
    recorder = await open();
    const request = await follow(begun);
    return { ...request, receipt: request.state === "done" ? await subject.receipt(request) : null };
  };

  const diagnostics = (): Diagnostics => {
    const { identity, queue, tornBytes } = recorder;
    const { withheld, batches, retries, outages, duplicates, stopped, lastError } = tally;
    return {
      sdk: SDK_VERSION,
      install: identity.install,
      epoch: identity.epoch,
      consent: consent.granted(),
      events: { ...queue.counts(), withheld, tornBytes },
      uploads: { batches, retries, outages, duplicates, stopped },
      releases: Object.fromEntries(Object.entries(slots).map(([name, slot]) => [name, slot.status()])),
      runtimes: ports.runtimes.map((runtime) => `${runtimeName(runtime)} ${runtime.version}`),
      predictions: { ...tally.predictions },
      requests: subject.requests(),
      budget: budget?.status() ?? null,
      lastError,
    };
  };

  return Object.freeze({
    app,
    track: (event: EventDefinition, properties: object, { time }: { time?: number } = {}) =>
      record(event, { ...properties }, time),
    setConsent: consent.set,
    setUser: (next: string | null) => {
      user = next;
    },
    flush: async () => {
      await subject.advance();
      return recorder.flush();
    },
    update: async (model?: string) => slots[modelNamed(model).name]!.update(),
    predict,
    feedback: async (
      predictionId: string,
      label: string,
      { model, time }: { model?: string; time?: number } = {},
    ) => {
      const { predictionLabel } = modelNamed(model);
      const properties = { [predictionLabel.predictionId]: predictionId, [predictionLabel.label]: label };
      return record(app.events[predictionLabel.event]!, properties, time);
    },
    exportMe,
    eraseMe,
    diagnostics,
    acknowledged: () => recorder.queue.acknowledged(),
    close: async () => {
      await recorder.queue.close();
      for (const slot of Object.values(slots)) await slot.dispose();
    },
  });
}
