import type {
  AppDefinition,
  EventDefinition,
  PredictionSource,
  PropertiesOf,
  SequenceSet,
} from "@tideline/spec";
import type { Budget, BudgetStatus } from "./budget.ts";
import { openConsent } from "./consent.ts";
import type { Context, Restriction } from "./context.ts";
import { draftEvent } from "./draft.ts";
import { fail } from "./fail.ts";
import { guardStorage } from "./guard-storage.ts";
import { DEFAULT_LIMITS, type ClientLimits } from "./limits.ts";
import type { Models, OpenModels, Prediction, PredictionContext } from "./models.ts";
import { namedModel } from "./named-model.ts";
import type { DevicePorts } from "./ports.ts";
import { refuseEnded, type QueueCounts } from "./queue.ts";
import { openRecorder } from "./recorder.ts";
import type { ReleaseStatus, UpdateOutcome } from "./release-slot.ts";
import { SDK_VERSION } from "./sdk-version.ts";
import { openSubject, type OpenRequest, type SubjectRequest } from "./subject.ts";
import { createTally, type Tally } from "./tally.ts";
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
  /** Keeps acknowledged events in the journal, for an auditor. */
  readonly keepJournal?: boolean;
  readonly limits?: Partial<ClientLimits>;
  /** Releases and predictions: `createModels(options)`. Without it the client records and sends only. */
  readonly models?: OpenModels;
  /** What the client may spend in a day: `createBudget(limits)`. */
  readonly budget?: Budget;
  readonly restrict?: Restriction;
  /** Region whose server alone may store what is sent, as `eu`; a server of another one refuses it: the app's residency. */
  readonly region?: string;
}

/** Identity of a recorded event. */
export interface EventIdentity {
  readonly install: string;
  readonly epoch: number;
  readonly seq: number;
}

/** What a support person reads; plain JSON, no content of events. */
export interface Diagnostics {
  readonly sdk: string;
  readonly install: string;
  readonly epoch: number;
  readonly consent: readonly string[];
  /** `recorded = acknowledged + pending + dropped`; quarantined ones are among the acknowledged. */
  readonly events: QueueCounts & {
    /** Not recorded, because the person had not consented; since the start. */
    readonly withheld: number;
    /** Bytes of torn writes that were cut off at the start. */
    readonly tornBytes: number;
  };
  /** Since the start. */
  readonly uploads: Readonly<Tally["uploads"]>;
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

/** Digits of an install, with which a prediction id begins. */
const INSTALL_DIGITS = 32;

/** How an event is recorded. */
export interface TrackOptions {
  /** When it happened, milliseconds since 1970, also long ago; the device's clock by default. */
  readonly time?: number | undefined;
}

/** A client on one phone. */
export interface Client {
  readonly app: AppDefinition;
  /**
   * Records an event; when it resolves the event survives the loss of power. Resolves to null where the person has
   * not consented to the event's purpose. Throws `EVENT_UNKNOWN`, `FIELD_MISSING`, `FIELD_INVALID`, `FIELD_UNKNOWN`,
   * `TIME_INVALID`, `EVENT_TOO_LARGE`, `STORAGE_FAILED`. Values are copied at the call.
   *
   * @example await client.track(tap, { target: "start", screen: "home" });
   */
  track<Event extends EventDefinition>(
    event: Event,
    properties: PropertiesOf<Event>,
    options?: TrackOptions,
  ): Promise<EventIdentity | null>;
  /** Sets the purposes that the person consents to, all of them; waiting events of withdrawn ones are removed. */
  setConsent(purposes: readonly string[]): Promise<void>;
  /**
   * Sets the app's id of the person for events from now on. `previous` is another id by which the app knew the same
   * person until now: the next event tells the server, which joins the two from there on.
   */
  setUser(user: string | null, options?: { readonly previous?: string }): void;
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
  /** Reports what a prediction should have been. Resolves to null, too, for a prediction of an install that was erased. */
  feedback(
    predictionId: string,
    label: string,
    options?: { readonly model?: string; readonly time?: number },
  ): Promise<EventIdentity | null>;
  /**
   * Asks the server for everything that it holds of this install. It takes a while: call again until the state is
   * `done`, then fetch it as {@link OpenRequest} says. Throws `UNAVAILABLE`.
   */
  exportMe(): Promise<OpenRequest>;
  /**
   * Erases this install: its queue and its identity here and at once, and what the server holds as soon as it can be
   * told: each `flush` tells it, also after a restart, until it is done (`diagnostics().requests`). Events from now on
   * are those of a new install, and calls meanwhile wait for it; to record none, take consent back too. A call while one is at work shares its outcome.
   * An install of which the server knows nothing ends as `done`. Throws `OVERLOADED`, with nothing erased, where 8
   * erasures wait for the server.
   */
  eraseMe(): Promise<OpenRequest>;
  diagnostics(): Diagnostics;
  /** Sequence numbers that the server took over, by `install.epoch`. */
  acknowledged(): Readonly<Record<string, SequenceSet>>;
  /** Waits for writes that are under way and frees models; call nothing afterwards. A second call does nothing. */
  close(): Promise<void>;
}

/**
 * Opens the client of a phone on its storage; works without a network, with the release of the last time. One
 * client at a time may have a storage open.
 *
 * @example
 * const models = createModels({ root, channel: "stable", environment: "production" });
 * const client = await createClient({ app, ports, collect, console, writeKey, user: "ada", models });
 * await client.setConsent(["analytics"]);
 * await client.track(tap, { target: "start", screen: "home" });
 * await client.flush();
 */
export async function createClient(options: ClientOptions): Promise<Client> {
  const { app, budget, restrict } = options;
  const { region = app.residency } = options;
  if (region && !/^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$/.test(region))
    fail("ARGUMENT_INVALID", app.name, "region", region);
  const limits: ClientLimits = { ...DEFAULT_LIMITS, ...options.limits };
  const guarded: DevicePorts = {
    ...options.ports,
    storage: guardStorage(options.ports.storage),
    secure: guardStorage(options.ports.secure),
  };
  const ports = (await budget?.open(guarded)) ?? guarded;
  const tally = createTally(ports);
  const context: Context = { ...options, region, ports, limits, tally };
  /** Another one with each `setUser`, so that what could not be told is told of nobody else. */
  let person: { readonly user: string | null; previous?: string | undefined } = { user: options.user };

  const subject = await openSubject(context);
  let recorder = await openRecorder(context, subject.isErased);
  let erasing: Promise<OpenRequest> | null = null;
  let closing: Promise<void> | null = null;
  /** Calls that wait for the next recorder while an erasure replaces this one, oldest first. */
  let waiting: (() => void)[] | null = null;
  /** Tasks that write down something of the present install. */
  let atWork: Promise<unknown> = Promise.resolve();
  const withRecorder = <T>(task: () => Promise<T>): Promise<T> =>
    waiting ? new Promise((resolve) => waiting!.push(() => resolve(task()))) : task();

  const consent = await openConsent(context, async (...call) => {
    if (closing) refuseEnded();
    return withRecorder(() => recorder.queue.purge(...call));
  });

  const record = async (
    event: EventDefinition,
    properties: unknown,
    options?: TrackOptions,
  ): Promise<EventIdentity | null> => {
    const told = person;
    const by = restrict?.minor ? null : told.user;
    const known = by === null ? undefined : told.previous;
    const who = { user: by, ...(known !== undefined && { previous_user: known }) };
    const draft = draftEvent(context, { event, properties, options, who, consent: consent.granted() });
    if (draft === null) {
      tally.withheld += 1;
      return null;
    }
    // One event tells it, unless that cannot be written down.
    told.previous = undefined;
    try {
      return await withRecorder(async () => {
        const { install, epoch } = recorder.identity;
        return { install, epoch, seq: await recorder.queue.record(draft) };
      });
    } catch (error) {
      told.previous ??= known;
      throw error;
    }
  };

  const opened = await options.models?.(context, {
    consent: consent.granted,
    withIdentity: (task) =>
      withRecorder(() => {
        const [before, done] = [atWork, task(recorder.identity)];
        atWork = done.then(
          () => before,
          () => before,
        );
        return done;
      }),
    record: (event, properties, time) => record(event, properties, { time }),
  });
  const models = (): Models =>
    opened ?? fail("ARGUMENT_INVALID", app.name, "models", "none", "createModels() in the options");

  const erase = async (): Promise<OpenRequest> => {
    const { identity, queue } = recorder;
    const calls: (() => void)[] = [];
    try {
      await subject.beginErasure(identity, () => {
        waiting = calls;
        return queue.isKnown(identity.install);
      });
      opened?.forget();
      await queue.close();
      await atWork;
      recorder = await openRecorder(context, subject.isErased);
    } finally {
      waiting = null;
      for (const call of calls) call();
    }
    await subject.advance();
    return subject.erasure(identity);
  };

  return Object.freeze({
    app,
    track: record,
    setConsent: consent.set,
    setUser: (user: string | null, known?: { previous?: string }) => {
      person = { ...known, user };
    },
    flush: async () => {
      await subject.advance();
      return withRecorder(async () => {
        const { pending } = recorder.queue.counts();
        if (pending === 0 || !budget?.holdsEvents()) return recorder.flush();
        return { acknowledged: 0, pending, stopped: "BUDGET_SPENT" } as const;
      });
    },
    update: async (model?: string) => models().update(model),
    predict: async (window: Float32Array, at: PredictionContext) => models().predict(window, at),
    feedback: async (
      predictionId: string,
      label: string,
      { model, ...options }: { model?: string; time?: number } = {},
    ) => {
      const { predictionLabel } = namedModel(app, model);
      const properties = { [predictionLabel.predictionId]: predictionId, [predictionLabel.label]: label };
      // It would name the install that is erased in an event of the next one.
      return withRecorder(async () =>
        typeof predictionId === "string" && subject.isErased(predictionId.slice(0, INSTALL_DIGITS))
          ? null
          : record(app.events[predictionLabel.event]!, properties, options),
      );
    },
    exportMe: () => withRecorder(() => subject.export(recorder.identity)),
    eraseMe: async () => {
      if (closing) refuseEnded();
      return (erasing ??= erase().finally(() => {
        erasing = null;
      }));
    },
    diagnostics: (): Diagnostics => {
      const { identity, queue } = recorder;
      const { uploads, withheld, lastError } = tally;
      return {
        sdk: SDK_VERSION,
        install: identity.install,
        epoch: identity.epoch,
        consent: consent.granted(),
        events: { ...queue.counts(), withheld, tornBytes: queue.tornBytes },
        uploads: { ...uploads },
        releases: opened?.releases() ?? {},
        runtimes: opened?.runtimes() ?? [],
        predictions: { ...tally.predictions },
        requests: subject.requests(),
        budget: budget?.status() ?? null,
        lastError,
      };
    },
    acknowledged: () => recorder.queue.acknowledged(),
    close: () =>
      (closing ??= (async () => {
        await erasing?.catch(() => undefined);
        await recorder.queue.close();
        await opened?.dispose();
      })()),
  });
}
