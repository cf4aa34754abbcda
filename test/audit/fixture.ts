import { mkdirSync } from "node:fs";
import { columnsOf, PREDICTION_COLUMNS, QUARANTINE_COLUMNS, RECEIPT_COLUMNS, type Fields } from "./column.ts";
import { hashOf, journalRecord, put, writeParquet, type Row, type Table } from "./file.ts";
import { writeLake } from "./lake.ts";
import { softmax, weightsOf, writeReleases } from "./release.ts";
import { tinyModel } from "./tiny-model.ts";
import { ALL, app, CHANNELS, HOP, SIZE } from "./toy-app.ts";

/** Samples of every session. */
export const SAMPLES = 20;

/** Who has a phone, by cohort. */
export const PEOPLE = { s1: "study", s2: "study", b1: "beta", c1: "control", c2: "control" };

/** Constant accelerations along x and z, and what the person did: the model looks at x, later at z. */
export const SESSIONS = [
  { activity: "A", x: 1, z: 1 },
  { activity: "A", x: 1, z: 1 },
  { activity: "B", x: -1, z: -1 },
  { activity: "B", x: 1, z: -1 },
];

/** A made-up turn of the loop: what phones wrote and what a correct server would have made of it. */
interface World {
  readonly tables: Record<string, Row[]>;
  readonly predictions: Row[];
  readonly quarantine: Row[];
}

const pseudonym = (user: string): string => hashOf(user).slice(0, 32);

/** How an event is recorded, where it is unlike the others. */
interface Recording {
  readonly version?: number;
  readonly attachment?: Uint8Array;
  /** Its own columns in the lake, where they are not its properties. */
  readonly columns?: Row;
  /** The code with which it goes to the quarantine. */
  readonly refused?: string;
  /** True: it is not acknowledged and nowhere but in the journal. */
  readonly waits?: boolean;
}

/** A phone that records events: each goes to the journal and, unless it is kept back, into the lake's tables. */
function phone(world: World, subject: string, cohort: string) {
  const install = hashOf(`phone ${subject}`).slice(0, 32);
  const user = `user-${subject}`;
  const skew = subject === "b1" ? 5000 : 0;
  const records: Buffer[] = [];
  const sessions: object[] = [];
  let seq = 0;

  const record = (
    name: string,
    time: number,
    properties: Row,
    { version, attachment, waits = false, columns, refused }: Recording = {},
  ): number => {
    seq += 1;
    const purpose = name === "tap" ? "analytics" : "improve";
    const declared = (app.events as unknown as Record<string, { version: number }>)[name]!.version;
    const header = {
      seq,
      name,
      version: version ?? declared,
      time: time + skew,
      user,
      consent: refused === "CONSENT_MISSING" ? [] : ALL,
      properties,
      purpose,
    };
    records.push(journalRecord(header, attachment ?? new Uint8Array(0)));
    const received = time + 900;
    if (refused !== undefined) {
      world.quarantine.push({
        install_id: install,
        epoch: 1,
        seq,
        received_time: received,
        time: received,
        name,
        code: refused,
        content: refused === "CONSENT_MISSING" ? null : JSON.stringify({ properties }),
      });
    }
    if (refused !== undefined || waits) return received;
    const times = {
      event_time: time + skew,
      sent_time: time + skew + 900,
      received_time: received,
      known_time: received,
      time,
    };
    world.tables[name]!.push({
      install_id: install,
      epoch: 1,
      seq,
      subject: pseudonym(user),
      schema_version: declared,
      ...times,
      consent: ALL,
      ...(columns ?? properties),
    });
    return received;
  };
  return {
    install,
    user,
    subject,
    cohort,
    record,
    sessions,
    journal: () => Buffer.concat(records),
    last: () => seq,
  };
}

/** The report that a truthful loop would print; every number is known from how the world was made. */
export interface Fixture {
  readonly folder: string;
  readonly report: Record<string, unknown>;
}

/** Writes the evidence of a made-up turn of the loop. */
export async function writeFixture(folder: string): Promise<Fixture> {
  mkdirSync(folder, { recursive: true });
  const models = ["gravity_acc_x", "gravity_acc_z"].map((channel) => tinyModel(SIZE, 9, weightsOf(channel)));
  const ids = models.map((bytes) => hashOf(bytes));
  const events = Object.keys(app.events);
  const world: World = {
    tables: Object.fromEntries(events.map((name) => [name, []])),
    predictions: [],
    quarantine: [],
  };
  const phones = Object.entries(PEOPLE).map(([subject, cohort]) => phone(world, subject, cohort));
  const origin = 1_700_000_000_000;
  const injectedAt = origin + 200_000;
  for (const { record, cohort } of phones) record("enrolment", origin, { cohort });

  const play = (
    phase: string,
    begin: number,
    cohorts: readonly string[],
    turned: boolean,
    model: number | null,
  ): void => {
    for (const { subject, user, cohort, record, sessions } of phones) {
      if (!cohorts.includes(cohort)) continue;
      for (const [index, { activity, x: straight, z }] of SESSIONS.entries()) {
        const x = turned ? -straight : straight;
        const session = `${phase}-${index}`;
        const start = begin + index * 10_000;
        sessions.push({ phase, session, activity, turned, samples: SAMPLES });
        for (const [from, to] of [
          [0, 12],
          [12, SAMPLES],
        ] as const) {
          const values = Float32Array.from(
            { length: (to - from) * 6 },
            (_, at) => [x, 0, z, 0, 0, 0][at % 6]!,
          );
          const lists = CHANNELS.map((name, channel) => [
            `samples_${name}`,
            Array.from(values).filter((_, at) => at % 6 === channel),
          ]);
          record(
            "motion",
            start + to * 20,
            { session, start: from, samples: { offset: 0, samples: to - from } },
            {
              attachment: new Uint8Array(values.buffer),
              columns: { session, start: from, ...Object.fromEntries(lists) },
            },
          );
        }
        if (cohort === "study") record("annotation", start + 500, { session, activity });
        if (model === null) continue;
        for (let from = 0; from + SIZE <= SAMPLES; from += HOP) {
          const probabilities = softmax(2 * (model === 0 ? x : z));
          const label = probabilities[0]! > probabilities[1]! ? "A" : "B";
          const prediction = {
            prediction_id: `${subject}.${phase}.${index}.${from}`,
            session,
            start: from,
            model: "pose",
            release: ids[model]!,
            label,
            probabilities,
            source: "device",
            latency_ms: 1 + from / 8 + index,
          };
          const time = start + (from + SIZE) * 20;
          const known = record("prediction", time, prediction);
          // Every fourth prediction of the others gets no label.
          const answered = cohort !== "study" && from > 0;
          const delay = 3000 + 100 * index;
          if (answered) {
            const back = record("correction", known - 900 + delay, {
              prediction_id: prediction.prediction_id,
              activity,
            });
            if (back !== known + delay) throw new Error("a label came at another time");
          }
          world.predictions.push({
            subject: pseudonym(user),
            role: { study: "train", beta: "corrections", control: "control" }[cohort],
            session,
            start: from,
            release: ids[model]!,
            source: "device",
            predicted: label,
            time,
            latency_ms: prediction.latency_ms,
            actual: answered ? activity : null,
            delay_ms: answered ? delay : null,
          });
        }
      }
    }
  };
  play("collect", origin + 10_000, ["study"], false, null);
  play("live", origin + 100_000, ["beta", "control"], false, 0);
  play("turned", injectedAt, ["study", "beta", "control"], true, 0);
  play("after", origin + 300_000, ["beta", "control"], true, 1);

  const [study, , beta, control] = phones;
  control!.record("tap", origin + 1000, { target: "go", screen: "home" });
  beta!.record(
    "tap",
    origin + 1000,
    { button: "go" },
    { version: 1, columns: { target: "go", screen: "unknown" } },
  );
  study!.record("tap", origin + 1000, { target: "go", wrong: "go home now" }, { refused: "FIELD_UNKNOWN" });
  study!.record(
    "tap",
    origin + 1000,
    { target: "secret-target", screen: "home" },
    { refused: "CONSENT_MISSING" },
  );
  // The last one waits: no acknowledgement, no row.
  control!.record("tap", origin + 400_000, { target: "stop", screen: "home" }, { waits: true });

  for (const { subject, install, journal, sessions, last } of phones) {
    put(folder, `phones/${subject}/journal-00000001-${install}-1.log`, journal());
    put(folder, `phones/${subject}/sessions.json`, sessions);
    if (subject === "s2") put(folder, `phones/${subject}/identity.json`, { format: 1, starts: 2 });
    const acknowledged = [[1, last() - (subject === "c1" ? 1 : 0)]];
    put(folder, `phones/${subject}/queue.json`, {
      format: 1,
      quarantined: 0,
      sources: { [`${install}.1`]: { acknowledged, dropped: [] } },
    });
  }
  put(
    folder,
    "phones/phones.json",
    phones.map(({ subject, cohort, user, install }) => ({
      subject,
      cohort,
      user,
      install,
      special: subject === "c2" ? "table_only" : null,
    })),
  );

  const tables: Record<string, Table> = {
    quarantine: { columns: QUARANTINE_COLUMNS, rows: world.quarantine },
    receipt: {
      columns: RECEIPT_COLUMNS,
      rows: [2, 3].map((duplicates) => ({
        install_id: study!.install,
        received_time: origin,
        time: origin,
        duplicates,
      })),
    },
  };
  for (const [name, event] of Object.entries(app.events as unknown as Record<string, { fields: Fields }>)) {
    tables[name] = { columns: columnsOf(event.fields), rows: world.tables[name]! };
  }
  const snapshot = await writeLake(folder, tables);
  await writeParquet(folder, {
    "predictions.parquet": { columns: PREDICTION_COLUMNS, rows: world.predictions },
  });
  writeReleases(
    folder,
    models,
    origin,
    phones.filter(({ cohort }) => cohort === "study").map(({ user }) => pseudonym(user)),
  );

  const recorded = phones.reduce((sum, { last }) => sum + last(), 0);
  put(folder, "evidence.json", {
    format: 1,
    app,
    source: "simulated",
    clock: { origin, wallOrigin: 0, speed: 1 },
    snapshot,
    injectedAt,
    startedAt: 1000,
    finishedAt: 13_500,
    phones: [
      { install: "one", outages: 2, retries: 3 },
      { install: "two", outages: 0, retries: 4 },
    ],
    processes: [
      { name: "server", pid: 1, peakMb: 300 },
      { name: "fleet", pid: 2, peakMb: 250.5 },
    ],
    alerts: [{ id: "drift/1", kind: "drift", created_at: injectedAt + 42_000 }],
  });
  const release = (index: number, figures: Row): Row => ({
    id: ids[index],
    version: index + 1,
    bytes: models[index]!.length,
    parity: 0,
    table: index === 0 ? { offered: false, reason: "toy" } : { offered: true, parity: 2 ** -20 },
    ...figures,
  });
  const report = {
    format: 1,
    source: "simulated",
    events: {
      recorded,
      accepted: recorded - 1,
      stored: recorded - 3,
      quarantined: 2,
      pending: 1,
      lost: 0,
      duplicatesReceived: 5,
      duplicatesStored: 0,
    },
    quarantine: { CONSENT_MISSING: 1, FIELD_UNKNOWN: 1 },
    phones: { count: 5, killed: 1, outages: 2, retries: 7 },
    // x tells A, A and one of two B: 3 of 4 right; F1 4/5 and 2/3. Three people, 4 sessions, 4 windows.
    releases: [
      release(0, { accuracy: 0.75, macroF1: (4 / 5 + 2 / 3) / 2, people: 3, predictions: 48, p95Ms: 5.5 }),
      release(1, { accuracy: 1, macroF1: 1, people: 3, predictions: 48, p95Ms: 5.5 }),
    ],
    drift: { injectedAt, detectedAt: injectedAt + 42_000 },
    accuracy: { before: 0.75, drifted: 0.25, after: 1 },
    labels: { coverage: 0.75, medianDelay: 3100 },
    // Three people in three phases, two more in the second.
    predictions: { device: 3 * 48 + 32, endpoint: 0, rule: 0 },
    skew: { compared: 3 * 48 + 32, maxDifference: 0 },
    tableSkew: { phones: 1, compared: 48, maxDifference: 0 },
    seconds: 12.5,
    peakMb: 550.5,
  };
  put(folder, "report.json", report);
  put(folder, "control.json", [pseudonym("user-c1")]);
  return { folder, report };
}
