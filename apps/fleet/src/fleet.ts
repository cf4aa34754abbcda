import type { AppDefinition } from "@tideline/spec";
import { createBrokenSdk } from "./broken-sdk.ts";
import { writePhones } from "./evidence.ts";
import type {
  FleetConfiguration,
  FleetMessage,
  PhasePlan,
  PhoneEntry,
  PhoneStatus,
  PhoneSummary,
} from "./message.ts";
import { createPace } from "./pace.ts";
import { peakMb } from "./peak.ts";
import { createPhone, phoneFolder, type Phone, type PhoneOptions } from "./phone.ts";
import { createProcessPhone, type ProcessPhone } from "./process-phone.ts";
import { seededRandom } from "./random.ts";
import { secondsOf, type Cohort, type Recording } from "./recording/recording.ts";
import { syntheticRecordings } from "./recording/synthetic.ts";
import { uciHarRecordings } from "./recording/uci-har.ts";
import { olderApp, specialOf, traitsOf } from "./trait.ts";

/** Phones that play together. */
export interface Fleet {
  /** Plays a phase on the phones of some cohorts. */
  play(plan: PhasePlan & { readonly cohorts: readonly string[] }): Promise<void>;
  /** Sends what can be sent, and stops. */
  finish(): Promise<void>;
}

/** Wall milliseconds between two progress messages. */
const PROGRESS_EVERY = 250;

/** Wall milliseconds for the last uploads. */
const FINISH_WITHIN = 10_000;

/** Uploads after which the killed phone dies: early enough to have most of its recording before it. */
const KILL_AFTER_UPLOADS = 3;

/** People of the made-up study. */
const PEOPLE = { study: 12, beta: 4, control: 4 } as const;

async function recordingsOf({ data, seed, people }: FleetConfiguration): Promise<Recording[]> {
  return data === null ? syntheticRecordings({ seed, ...(people ?? PEOPLE) }) : uciHarRecordings(data);
}

/** Each recording with its index in its cohort. */
function indexed(recordings: readonly Recording[]): { recording: Recording; index: number }[] {
  const next: Record<Cohort, number> = { study: 0, beta: 0, control: 0 };
  return recordings.map((recording) => ({ recording, index: next[recording.cohort]++ }));
}

/** Makes the phones of a configuration on their folders and tells that they are ready. */
export async function openFleet(
  configuration: FleetConfiguration,
  app: AppDefinition,
  tell: (message: FleetMessage) => void,
): Promise<Fleet> {
  const { folder, seed, clock, collect, console, writeKey, root, definition } = configuration;
  const processes: ProcessPhone[] = [];

  const open = async (recording: Recording, index: number): Promise<Phone> => {
    const { subject, cohort } = recording;
    const special = specialOf(cohort, index);
    const options: PhoneOptions = {
      recording,
      traits: traitsOf(app, special, seededRandom(seed, `trait/${subject}`)),
      app: special === "older_schema" ? olderApp(app) : app,
      ...(special === "older_schema" ? {} : { definition }),
      folder: phoneFolder(folder, subject),
      collect,
      console,
      writeKey,
      root,
      channel: configuration.channel ?? "stable",
      clock,
      seed,
    };
    const activated = (version: number) => tell({ type: "activated", subject, version });
    if (special !== "killed") return createPhone(options, { activated });
    const killed = () => tell({ type: "phone-killed", subject });
    const phone = await createProcessPhone(options, KILL_AFTER_UPLOADS, { activated, killed });
    processes.push(phone);
    return phone;
  };

  const recordings = await recordingsOf(configuration);
  const seconds = new Map(recordings.map((recording) => [recording.subject, secondsOf(recording)]));
  const phones = await Promise.all(indexed(recordings).map(({ recording, index }) => open(recording, index)));
  const broken = createBrokenSdk({
    folder: phoneFolder(folder, "broken-sdk"),
    collect,
    writeKey,
    pace: createPace(clock),
  });
  const entries = [...phones, broken.summary()].map(
    ({ subject, cohort, install, user, special }): PhoneEntry => ({
      subject,
      cohort,
      install,
      user,
      special,
    }),
  );
  await writePhones(folder, entries);
  tell({ type: "ready", phones: entries });

  const statusOf = (playing: readonly Phone[]): PhoneStatus => {
    const sum = (of: readonly PhoneStatus[], field: keyof PhoneStatus): number =>
      of.reduce((total, status) => total + status[field], 0);
    const all = [...phones.map((phone) => phone.status()), broken.status()];
    return {
      playedSeconds: sum(
        playing.map((phone) => phone.status()),
        "playedSeconds",
      ),
      recorded: sum(all, "recorded"),
      acknowledged: sum(all, "acknowledged"),
      predictions: sum(all, "predictions"),
    };
  };

  const play: Fleet["play"] = async ({ cohorts, ...plan }) => {
    const { phase } = plan;
    const playing = phones.filter(({ cohort }) => cohorts.includes(cohort));
    const totalSeconds = playing.reduce((sum, { subject }) => sum + seconds.get(subject)!, 0);
    const progress = (): void => tell({ type: "progress", phase, totalSeconds, ...statusOf(playing) });
    const timer = setInterval(progress, PROGRESS_EVERY);
    try {
      await Promise.all([...playing.map((phone) => phone.play(plan)), broken.send(FINISH_WITHIN)]);
    } finally {
      clearInterval(timer);
    }
    progress();
    tell({ type: "phase", phase, done: true });
  };

  const finish = async (): Promise<void> => {
    const summaries: PhoneSummary[] = await Promise.all(phones.map((phone) => phone.finish(FINISH_WITHIN)));
    const peaks = processes.reduce((sum, phone) => sum + phone.peakMb(), 0);
    tell({ type: "summary", phones: [...summaries, broken.summary()], peakMb: peakMb() + peaks });
  };

  return Object.freeze({ play, finish });
}
