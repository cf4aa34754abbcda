import {
  definitionHash,
  isTidelineError,
  type EventDefinition,
  type ModelDefinition,
  type RootMetadata,
} from "@tideline/spec";
import type { Download } from "./artifact.ts";
import { runtimeName } from "./candidate.ts";
import type { CloudTier } from "./cloud.ts";
import type { Context } from "./context.ts";
import type { Identity } from "./identity.ts";
import { namedModel } from "./named-model.ts";
import { answerWindow, type Answer } from "./predict.ts";
import {
  openReleaseSlot,
  type BundledRelease,
  type ReleaseSlot,
  type ReleaseStatus,
  type UpdateOutcome,
} from "./release-slot.ts";
import { openTrust } from "./trust.ts";

/** Options of {@link createModels}. */
export interface ModelsOptions {
  /** Root of trust, pinned in the app. */
  readonly root: RootMetadata;
  readonly channel: string;
  /** In production a release of development keys is refused. */
  readonly environment: "development" | "production";
  /**
   * A signed release of the app's own package, for each model that has one: used from the first start on, without a
   * network, until a newer one is verified. An older one than was ever accepted is passed over.
   */
  readonly bundled?: BundledRelease | readonly BundledRelease[];
  /** The endpoint as a tier of the fallback chain: `askCloud`. Without it no window leaves the phone, ever. */
  readonly cloud?: CloudTier;
  /** How artifacts are fetched: `chunkedDownload` goes on after a break and fetches what changed; whole without it. */
  readonly download?: Download;
  /** Content hash of the definition; computed where it is not given. */
  readonly definition?: string;
}

/** What the parts that keep releases share. */
export type ModelContext = Context & ModelsOptions;

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

/** What the client does for its models. */
export interface ModelHost {
  readonly consent: () => readonly string[];
  /**
   * Runs a task with who the phone is, after an erasure that is at work; another one waits for the task. What the task
   * records before anything that it waits for is of this identity; recorded later it might wait for its own end.
   */
  readonly withIdentity: <T>(task: (identity: Identity) => Promise<T>) => Promise<T>;
  readonly record: (event: EventDefinition, properties: object, time: number) => Promise<unknown>;
}

/** The models of an app on one phone. */
export interface Models {
  predict(window: Float32Array, at: PredictionContext): Promise<Prediction>;
  update(model?: string): Promise<UpdateOutcome>;
  /** By model. */
  releases(): Readonly<Record<string, ReleaseStatus>>;
  /** `tier/name version` of each runtime of the platform. */
  runtimes(): readonly string[];
  /** Forgets the last answers, which are of a person who has left. */
  forget(): void;
  dispose(): Promise<void>;
}

/** Models that a client opens with itself; made by {@link createModels}. */
export type OpenModels = (context: Context, host: ModelHost) => Promise<Models>;

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
 * Signed releases, their updates and predictions, for a client: a module of its own, so that an app that only records
 * does not carry it.
 *
 * @example
 * const models = createModels({ root, channel: "stable", environment: "production", cloud: askCloud });
 * const client = await createClient({ app, ports, collect, console, writeKey, user: null, models });
 */
export function createModels(options: ModelsOptions): OpenModels {
  return async (core, host) => {
    const context: ModelContext = { ...options, ...core };
    const { app, ports, limits, tally } = context;
    const definition = options.definition ?? (await definitionHash(app, ports));
    const trust = await openTrust(context);
    const slots = new Map<ModelDefinition, ReleaseSlot>();
    for (const model of app.models) slots.set(model, await openReleaseSlot(context, trust, model));
    let lasts = new Map<ModelDefinition, LastAnswer>();
    let predictions = 0;

    const predict = async (window: Float32Array, at: PredictionContext): Promise<Prediction> => {
      const model = namedModel(app, at.model);
      const { session, start, time = ports.clock() } = at;
      const begun = ports.monotonic();
      // Of the person who asks, should another one come meanwhile.
      const known = lasts;
      const last = known.get(model);
      const isRecent = last?.session === session && Math.abs(time - last.time) <= limits.lastAnswerMs;
      const answer = await answerWindow(context, window, {
        model,
        slot: slots.get(model)!,
        cloud: options.cloud,
        consent: host.consent,
        last: isRecent ? last.answer : null,
      });
      const { label, source, release, probabilities, reason } = answer;
      if (source === "device" || source === "endpoint") known.set(model, { session, time, answer });
      predictions += 1;
      tally.predictions[source] += 1;
      const count = predictions;
      const latencyMs = Math.max(0, ports.monotonic() - begun);
      const event = app.events["prediction"];
      return host.withIdentity(async ({ install, epoch, starts }) => {
        const predictionId = `${install}.${epoch}.${starts}.${count}`;
        if (event && host.consent().includes(model.purpose)) {
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
            await host.record(event, properties, time);
          } catch (error) {
            // An answer is not withheld because it cannot be written down.
            if (!isTidelineError(error)) throw error;
            tally.report("predict", error, "error");
          }
        }
        return Object.freeze({ ...answer, predictionId, latencyMs });
      });
    };

    return {
      predict,
      update: async (model) => slots.get(namedModel(app, model))!.update(),
      releases: () => Object.fromEntries([...slots].map(([{ name }, slot]) => [name, slot.status()])),
      runtimes: () => ports.runtimes.map((runtime) => `${runtimeName(runtime)} ${runtime.version}`),
      forget: () => {
        lasts = new Map();
      },
      dispose: async () => {
        for (const slot of slots.values()) await slot.dispose();
      },
    };
  };
}
