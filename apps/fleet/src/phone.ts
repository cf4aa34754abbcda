import { join } from "node:path";
import {
  askCloud,
  createClient,
  createModels,
  type Client,
  type CrashPoint,
  type DevicePorts,
} from "@tideline/device";
import {
  tidelineError,
  type AppDefinition,
  type ErrorCode,
  type PropertiesOf,
  type RootMetadata,
  type ScaledClockOptions,
} from "@tideline/spec";
import { fileStorage } from "./adapter/file-storage.ts";
import { FLEET_RUNTIMES } from "./adapter/fleet-runtime.ts";
import { nodeCrypto } from "./adapter/node-crypto.ts";
import { nodeNetwork } from "./adapter/node-network.ts";
import { secureFile } from "./adapter/secure-file.ts";
import { skewedClock, skewedTime } from "./adapter/skewed-clock.ts";
import { unreliableNetwork } from "./adapter/unreliable-network.ts";
import { addSessions } from "./evidence.ts";
import { drawInteractions } from "./interaction.ts";
import { readJournaled } from "./journaled.ts";
import { createLabelQueue } from "./label-queue.ts";
import type { PhasePlan, PhoneEntry, PhoneStatus, PhoneSummary } from "./message.ts";
import { createPace } from "./pace.ts";
import { playSession } from "./play-session.ts";
import { seededRandom } from "./random.ts";
import { RATE, WIDTH, type Recording } from "./recording/recording.ts";
import type { Traits } from "./trait.ts";

/** What a phone is made of; plain data, so that it can travel to a process of its own. */
export interface PhoneOptions {
  readonly recording: Recording;
  readonly traits: Traits;
  readonly app: AppDefinition;
  /** Content hash of the definition; computed where it is not given. */
  readonly definition?: string;
  /** The phone's own folder: its storage and `sessions.json`. */
  readonly folder: string;
  readonly collect: string;
  readonly console: string;
  readonly writeKey: string;
  readonly root: RootMetadata;
  readonly channel: string;
  readonly clock: ScaledClockOptions;
  readonly seed: number;
}

/** What a phone tells while it lives. */
export interface PhoneHooks {
  readonly activated?: (version: number) => void;
  readonly crashPoint?: (point: CrashPoint) => void;
}

/** A phone that plays its recording. */
export interface Phone extends PhoneEntry {
  /** Plays every session; resolves when labels are sent and everything is acknowledged. */
  play(plan: PhasePlan): Promise<void>;
  status(): PhoneStatus;
  /** Sends what waits for at most so many wall milliseconds, closes, and tells what became of everything. */
  finish(withinMs: number): Promise<PhoneSummary>;
}

/** Virtual milliseconds between uploads. */
const FLUSH_EVERY = 30_000;

/** Virtual milliseconds before what failed is tried again. */
const RETRY_EVERY = 4000;

/** Virtual milliseconds between two questions for a newer release while a phase plays. */
const UPDATE_EVERY = 60_000;

/** An upload reads the files that its events stand in; 64 KiB are 50 virtual seconds. */
const SEGMENT_BYTES = 64 * 1024;

/** People correct a prediction one to four virtual minutes after it. */
const LABEL_DELAY = [60_000, 240_000] as const;

/** Virtual seconds between two sessions. */
const PAUSE = [0.5, 2] as const;

/** Wall milliseconds that a phase waits for the console at its start and for the last acknowledgement at its end. */
const PATIENCE = 60_000;

/** Name of a person's account. */
export function userOf(subject: string): string {
  return `user-${subject}`;
}

/** Name of a recording's session in a phase. */
function sessionName(phase: string, id: string): string {
  return `${phase}.${id}`;
}

/** The real device core on Node's adapters, over the storage that its folder holds. */
export async function createPhone(options: PhoneOptions, hooks: PhoneHooks = {}): Promise<Phone> {
  const { recording, traits, app, folder, clock, seed } = options;
  const { subject, cohort } = recording;
  const model = app.models[0]!;
  const pace = createPace(clock);
  const skew = { ...traits.skew, origin: clock.origin };
  const network = nodeNetwork();
  const storage = await fileStorage(folder);
  const ports: DevicePorts = {
    ...nodeCrypto,
    storage,
    network: unreliableNetwork(network, traits.unreliability, {
      clock: pace.now,
      random: seededRandom(seed, `network/${subject}`),
    }),
    clock: skewedClock(skew, pace.now),
    monotonic: () => performance.now(),
    timer: { wait: pace.wait },
    runtimes: traits.runtimes.map((name) => FLEET_RUNTIMES[name]),
    secure: secureFile(storage),
    instance: `phone-${subject}`,
    ...(hooks.crashPoint === undefined ? {} : { crashPoint: hooks.crashPoint }),
  };
  const journaled = await readJournaled(storage, app, ports.text);
  const client: Client = await createClient({
    app,
    ports,
    collect: options.collect,
    console: options.console,
    writeKey: options.writeKey,
    user: userOf(subject),
    keepJournal: true,
    limits: { segmentBytes: SEGMENT_BYTES },
    models: createModels({
      root: options.root,
      channel: options.channel,
      environment: "development",
      cloud: askCloud,
      ...(options.definition === undefined ? {} : { definition: options.definition }),
    }),
  });
  await client.setConsent(traits.consent);
  const { install, epoch } = client.diagnostics();
  const labels = createLabelQueue();
  const delay = seededRandom(seed, `label/${subject}`);
  let enrolled = journaled.enrolled;
  let playedSamples = 0;
  let lastUpdate = Number.NEGATIVE_INFINITY;

  const trackNamed = async (name: string, properties: Readonly<Record<string, string>>): Promise<void> => {
    const event = app.events[name]!;
    await client.track(event, properties as PropertiesOf<typeof event>);
  };

  const update = async (): Promise<"offline" | "answered"> => {
    lastUpdate = pace.now();
    const { result, version } = await client.update();
    if (result === "activated") hooks.activated?.(version);
    return result === "offline" ? "offline" : "answered";
  };

  /** Gives the labels that are due. */
  const giveLabels = async (now: number): Promise<void> => {
    const due = labels.take(now);
    await Promise.all(due.map(({ predictionId, label }) => client.feedback(predictionId, label)));
  };

  const giveAllLabels = async (): Promise<void> => {
    for (let due = labels.nextDue(); due !== null; due = labels.nextDue()) {
      // A second's labels at a time are one durable write.
      await pace.until(due + 1000);
      await giveLabels(pace.now());
    }
  };

  /** Uploads until nothing waits: null, or why something still does when the time is up or the server refuses all. */
  const drain = async (withinMs: number): Promise<ErrorCode | null> => {
    const until = performance.now() + withinMs;
    for (;;) {
      const { pending, stopped } = await client.flush();
      if (pending === 0) return null;
      const code = stopped ?? "UNAVAILABLE";
      if (client.diagnostics().uploads.stopped || performance.now() > until) return code;
      await pace.wait(RETRY_EVERY);
    }
  };

  const playOne = async (plan: PhasePlan, index: number, earliest: number): Promise<number> => {
    const { id, activity, samples } = recording.sessions[index]!;
    const session = sessionName(plan.phase, id);
    const progress = journaled.sessions.get(session);
    const total = samples.length / WIDTH;
    const startTime = progress?.startTime ?? skewedTime(skew, Math.max(earliest, pace.now()));
    const from = progress?.next ?? 0;
    playedSamples += from;
    if (pace.now() - lastUpdate > UPDATE_EVERY) await update();
    const played = { client, pace, skew, session, samples, turned: plan.turned, predict: plan.predict };
    const interactions = drawInteractions(app, total, seededRandom(seed, `touch/${subject}/${session}`));
    await playSession({
      ...played,
      interactions,
      from,
      startTime,
      played: async (count, predictions) => {
        playedSamples += count;
        if (cohort === "study") return;
        for (const { predictionId } of predictions) {
          const due = pace.now() + delay.between(...LABEL_DELAY);
          labels.add({ predictionId, label: activity, due });
        }
        await giveLabels(pace.now());
      },
    });
    if (cohort === "study" && !journaled.annotated.has(session)) {
      const { event, session: key, label } = model.sessionLabel;
      await trackNamed(event, { [key]: session, [label]: activity });
    }
    return pace.now();
  };

  const playSessions = async (plan: PhasePlan): Promise<void> => {
    if (!enrolled) await trackNamed(model.cohorts.event, { [model.cohorts.field]: cohort });
    enrolled = true;
    // A phone that will predict waits for an answer of the console, so that an outage does not decide its model.
    const until = performance.now() + PATIENCE;
    while ((await update()) === "offline" && plan.predict && performance.now() < until) {
      await pace.wait(RETRY_EVERY);
    }
    const pauses = seededRandom(seed, `pause/${subject}/${plan.phase}`);
    let earliest = pace.now();
    for (let index = 0; index < recording.sessions.length; index += 1) {
      earliest = (await playOne(plan, index, earliest)) + 1000 * pauses.between(...PAUSE);
    }
    if (plan.labels !== "due") await giveAllLabels();
  };

  const play = async (plan: PhasePlan): Promise<void> => {
    playedSamples = 0;
    await addSessions(
      folder,
      recording.sessions.map(({ id, activity, samples }) => ({
        phase: plan.phase,
        session: sessionName(plan.phase, id),
        activity,
        turned: plan.turned,
        samples: samples.length / WIDTH,
      })),
    );
    const over = new AbortController();
    const uploading = async (): Promise<void> => {
      // Phones do not all send at the same moment.
      await pace.wait(seededRandom(seed, `flush/${subject}/${plan.phase}`).between(0, FLUSH_EVERY));
      while (!over.signal.aborted) {
        await client.flush();
        await pace.wait(FLUSH_EVERY);
      }
    };
    const sessions = playSessions(plan).finally(() => over.abort());
    await Promise.all([sessions, uploading()]);
    const code = await drain(PATIENCE);
    if (code === null) return;
    const { events, lastError } = client.diagnostics();
    throw tidelineError(code, {
      who: `phone ${subject}`,
      field: options.collect,
      expected: `every event acknowledged at the end of phase "${plan.phase}"`,
      received: `${events.pending} pending (${lastError?.message ?? "no answer"})`,
    });
  };

  const predictions = (): PhoneSummary["predictions"] => {
    const since = client.diagnostics().predictions;
    const before = journaled.predictions;
    return {
      device: before.device + since.device,
      endpoint: before.endpoint + since.endpoint,
      last: before.last + since.last,
      rule: before.rule + since.rule,
    };
  };

  const status = (): PhoneStatus => {
    const { recorded, acknowledged } = client.diagnostics().events;
    const { device, endpoint, last, rule } = predictions();
    return {
      playedSeconds: playedSamples / RATE,
      recorded,
      acknowledged,
      predictions: device + endpoint + last + rule,
    };
  };

  const entry = { subject, cohort, install, user: userOf(subject), special: traits.special };

  const finish = async (withinMs: number): Promise<PhoneSummary> => {
    await giveLabels(Number.POSITIVE_INFINITY);
    await drain(withinMs);
    const { events, uploads, releases } = client.diagnostics();
    await client.close();
    await storage.close();
    network.close();
    const { recorded, acknowledged, pending, dropped, quarantined } = events;
    const { retries, outages, duplicates } = uploads;
    const counts = { recorded, acknowledged, pending, dropped, quarantined, retries, outages, duplicates };
    const known = Object.keys(client.acknowledged()).map((key) =>
      Number(key.slice(key.lastIndexOf(".") + 1)),
    );
    const epochs = [...new Set([...known, epoch])].sort((left, right) => left - right);
    const release = releases[model.name]?.version ?? 0;
    return { ...entry, epochs, ...counts, release, predictions: predictions() };
  };

  return Object.freeze({ ...entry, play, status, finish });
}

/** Folder of a phone in the fleet's folder. */
export function phoneFolder(folder: string, subject: string): string {
  return join(folder, subject);
}
