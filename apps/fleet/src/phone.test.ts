import { createHash, generateKeyPairSync, sign, type KeyObject } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { graphBuilder, readOnnx, writeOnnx, writeTable } from "@tideline/graph";
import {
  preAuthentication,
  RELEASE_TYPE,
  toBase64,
  type Envelope,
  type ReleaseMetadata,
  type RootMetadata,
} from "@tideline/spec";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { app } from "../../../examples/activity/app.ts";
import { nodeCrypto } from "./adapter/node-crypto.ts";
import type { SessionTruth } from "./evidence.ts";
import type { PhasePlan } from "./message.ts";
import { createPhone, type Phone, type PhoneOptions } from "./phone.ts";
import { turnSamples } from "./play-session.ts";
import { createProcessPhone } from "./process-phone.ts";
import { seededRandom } from "./random.ts";
import { HOP, RATE, WIDTH, WINDOW, type Recording } from "./recording/recording.ts";
import { syntheticRecordings } from "./recording/synthetic.ts";
import { startCollector, type Collector, type Route } from "./testing/collector.ts";
import { olderApp, traitsOf, type Special } from "./trait.ts";

const NOW = 1_800_000_000_000;
const model = app.models[0]!;
const PLAN: PhasePlan = { phase: "p1", turned: false, predict: false };
const { publicKey, privateKey } = generateKeyPairSync("ed25519");

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

function makeRoot(key: KeyObject): RootMetadata {
  const raw = new Uint8Array(key.export({ format: "der", type: "spki" }).subarray(-32));
  const id = sha256(raw);
  const role = { keys: [id], threshold: 1 };
  const keys = { [id]: { scheme: "ed25519", public: toBase64(raw) } as const };
  const expires = NOW + 1e12;
  return {
    type: "root",
    format: 1,
    version: 1,
    expires,
    development: true,
    keys,
    roles: { root: role, release: role },
  };
}
const root = makeRoot(publicKey);

/** A real ONNX model: softmax of the channels' means, of which the first six are the six activities. */
function meanModel(): Uint8Array {
  const g = graphBuilder("means");
  const window = g.input("window", "float32", ["N", model.window.size, model.window.channels.length]);
  const means = g.op("ReduceMean", [window, g.ints([1])], { keepdims: 0 });
  const six = g.op("Slice", [means, g.ints([0]), g.ints([6]), g.ints([1])]);
  g.output("probabilities", g.op("Softmax", [six], { axis: 1 }));
  return writeOnnx(g.build());
}

/** The table of a graph. */
function tableOf(bytes: Uint8Array): Uint8Array {
  const result = writeTable(readOnnx(bytes).graph);
  if (!result.ok) throw new Error(JSON.stringify(result.reasons));
  return result.bytes;
}

/** Routes of a console that offers a release of a model, as a graph and as a table. */
function offer(version: number): Route {
  const bytes = meanModel();
  const table = tableOf(bytes);
  const zeros = Array.from({ length: model.window.size * model.window.channels.length }, () => 0);
  const vectors = Buffer.from(
    JSON.stringify({
      format: 1,
      tolerance: 1e-6,
      windows: [zeros],
      probabilities: [Array.from({ length: 6 }, () => 1 / 6)],
    }),
  );
  const release: ReleaseMetadata = {
    type: "release",
    format: 1,
    app: app.name,
    channel: "stable",
    version,
    id: sha256(bytes),
    issued: NOW,
    expires: NOW + 1e12,
    requires: {
      sdk: "0.1.0",
      schema: { motion: 1 },
      runtime: ["onnx", "table"],
      opset: 18,
      levels: { table: 1 },
    },
    model: {
      name: model.name,
      purpose: model.purpose,
      cloudPurpose: model.cloudPurpose,
      labels: model.labels,
      window: model.window,
      input: "window",
      output: "probabilities",
      definition: "d",
      run: "r",
      snapshot: "s",
    },
    fallback: model.fallback,
    variants: [
      { format: "onnx", opset: 18, sha256: sha256(bytes), bytes: bytes.length },
      { format: "table", version: 1, sha256: sha256(table), bytes: table.length },
    ],
    vectors: { sha256: sha256(vectors), bytes: vectors.length },
    kill: false,
  };
  const payload = nodeCrypto.text.encode(JSON.stringify(release));
  const message = preAuthentication(RELEASE_TYPE, payload, nodeCrypto.text);
  const signatures = [
    { keyid: root.roles.release.keys[0]!, sig: toBase64(new Uint8Array(sign(null, message, privateKey))) },
  ];
  const envelope: Envelope = { payloadType: RELEASE_TYPE, payload: toBase64(payload), signatures };
  const probabilities = [0, 0, 0, 0, 0, 1];
  return (path) => {
    if (path === "/v1/root") return [];
    if (path === `/v1/releases/${model.name}/stable`) return envelope;
    if (path === `/v1/artifacts/${release.variants[0]!.sha256}`) return bytes;
    if (path === `/v1/artifacts/${release.variants[1]!.sha256}`) return table;
    if (path === `/v1/artifacts/${release.vectors.sha256}`) return vectors;
    if (path === `/v2/models/${model.name}/infer`) {
      return { model_version: release.id, outputs: [{ name: "probabilities", data: probabilities }] };
    }
    return undefined;
  };
}

/** A short recording of a person: three sessions. */
function shortRecording(cohort: Recording["cohort"]): Recording {
  const one = syntheticRecordings({ seed: 5, study: 0, beta: 0, control: 0, [cohort]: 1 })[0]!;
  return { ...one, sessions: one.sessions.slice(0, 3) };
}

describe("a phone", () => {
  let folder: string;
  let collector: Collector;
  let phones: Phone[] = [];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "tideline-phone-"));
  });
  afterEach(async () => {
    await Promise.all(phones.map((phone) => phone.finish(1000)));
    phones = [];
    await collector.close();
  });
  afterAll(() => rm(folder, { recursive: true }));

  const optionsOf = (special: Special | null, cohort: Recording["cohort"], name: string): PhoneOptions => {
    const traits = traitsOf(app, special, seededRandom(5, name));
    const noise = { ...traits.unreliability, loseAnswer: 0.2, sendTwice: 0.2 };
    return {
      recording: shortRecording(cohort),
      traits: { ...traits, unreliability: noise },
      app: special === "older_schema" ? olderApp(app) : app,
      folder: join(folder, name),
      collect: collector.address,
      console: collector.address,
      writeKey: "key",
      root,
      channel: "stable",
      clock: { origin: NOW, wallOrigin: Date.now(), speed: 200 },
      seed: 5,
    };
  };
  const start = async (
    special: Special | null,
    cohort: Recording["cohort"],
    name: string,
  ): Promise<Phone> => {
    const phone = await createPhone(optionsOf(special, cohort, name));
    phones.push(phone);
    return phone;
  };

  /** Samples of a session as the server has them, put together from frames; throws for a hole or an overlap. */
  const received = (session: string): Float32Array => {
    const frames = collector
      .named("motion")
      .filter((event) => event.properties["session"] === session)
      .sort((left, right) => (left.properties["start"] as number) - (right.properties["start"] as number));
    const joined: number[] = [];
    for (const frame of frames) {
      expect(frame.properties["start"]).toBe(joined.length / WIDTH);
      joined.push(...frame.samples!);
    }
    return Float32Array.from(joined);
  };

  const expectSamples = (session: string, wanted: Float32Array): void => {
    const samples = received(session);
    expect(samples.length).toBe(wanted.length);
    expect(samples.findIndex((value, index) => value !== wanted[index])).toBe(-1);
  };

  it("plays its sessions exactly, labels them, and loses and doubles nothing over a bad network", async () => {
    collector = await startCollector();
    const phone = await start("outages", "study", "study");
    await phone.play(PLAN);
    const { sessions, subject } = shortRecording("study");
    for (const { id, samples } of sessions) expectSamples(`p1.${id}`, samples);
    expect(collector.named("enrolment").map((event) => event.properties)).toEqual([{ cohort: "study" }]);
    expect(collector.named("annotation").map((event) => event.properties)).toEqual(
      sessions.map(({ id, activity }) => ({ session: `p1.${id}`, activity })),
    );
    expect(collector.named("screen_view").length).toBe(3);
    expect(collector.named("prediction")).toEqual([]);
    const sequence = [...collector.events.values()].map(({ seq }) => seq).sort((left, right) => left - right);
    expect(sequence).toEqual(Array.from({ length: sequence.length }, (_, index) => index + 1));
    const { recorded, acknowledged, predictions } = phone.status();
    expect([recorded, acknowledged, predictions]).toEqual([sequence.length, sequence.length, 0]);
    const truth = JSON.parse(
      await readFile(join(folder, "study", "sessions.json"), "utf8"),
    ) as SessionTruth[];
    expect(truth).toEqual(
      sessions.map(({ id, activity, samples }) => ({
        phase: "p1",
        session: `p1.${id}`,
        activity,
        turned: false,
        samples: samples.length / WIDTH,
      })),
    );
    expect(phone.user).toBe(`user-${subject}`);
    const other = await start(null, "study", "turned");
    await other.play({ ...PLAN, phase: "p2", turned: true });
    for (const { id, samples } of sessions) expectSamples(`p2.${id}`, turnSamples(samples));
  });

  it("predicts every window with the release on offer, and its person corrects each prediction later", async () => {
    collector = await startCollector(offer(3));
    const phone = await start(null, "beta", "beta");
    await phone.play({ ...PLAN, predict: true });
    const { sessions } = shortRecording("beta");
    const predictions = collector.named("prediction");
    const windows = sessions.flatMap(({ id, samples }) =>
      Array.from(
        { length: (samples.length / WIDTH - WINDOW) / HOP + 1 },
        (_, index) => `p1.${id} ${index * HOP}`,
      ),
    );
    const places = predictions.map(({ properties }) => `${properties["session"]} ${properties["start"]}`);
    expect(places).toEqual(windows);
    expect(new Set(predictions.map(({ properties }) => properties["source"]))).toEqual(new Set(["device"]));
    const activityOf = new Map(sessions.map(({ id, activity }) => [`p1.${id}`, activity]));
    const predicted = new Map(predictions.map((event) => [event.properties["prediction_id"], event]));
    const corrections = collector.named("correction");
    expect(corrections).toHaveLength(predictions.length);
    for (const { properties, time } of corrections) {
      const prediction = predicted.get(properties["prediction_id"])!;
      expect(properties["activity"]).toBe(activityOf.get(prediction.properties["session"] as string));
      expect(time - prediction.time).toBeGreaterThan(55_000);
    }
    expect(collector.named("annotation")).toEqual([]);
    const summary = await phones.pop()!.finish(1000);
    expect([summary.release, summary.predictions]).toEqual([
      3,
      { device: predictions.length, endpoint: 0, last: 0, rule: 0 },
    ]);
    expect([summary.pending, summary.dropped, summary.epochs]).toEqual([0, 0, [1]]);
  });

  it("falls back to the endpoint with consent, and to the rule without it", async () => {
    collector = await startCollector(offer(1));
    const [asking, alone] = [
      await start("endpoint", "study", "asking"),
      await start("rule", "study", "alone"),
    ];
    await Promise.all([asking.play({ ...PLAN, predict: true }), alone.play({ ...PLAN, predict: true })]);
    const sources = ({ install }: Phone) =>
      new Set(collector.named("prediction", install).map(({ properties }) => properties["source"]));
    expect(sources(asking)).toEqual(new Set(["endpoint"]));
    expect(sources(alone)).toEqual(new Set(["rule"]));
    const answered = collector.named("prediction", asking.install)[0]!;
    expect([answered.properties["label"], answered.properties["reason"]]).toEqual([
      "LAYING",
      "device:RUNTIME_UNSUPPORTED",
    ]);
    for (const { consent } of collector.named("motion", alone.install))
      expect(consent).not.toContain("cloud_prediction");
  });

  it("without a native runtime that works predicts by the model table, as other phones do by the graph", async () => {
    collector = await startCollector(offer(1));
    const [usual, broken, alone] = [
      await start(null, "study", "usual"),
      await start("broken_native", "study", "broken-native"),
      await start("table_only", "study", "table-only"),
    ];
    await Promise.all([usual, broken, alone].map((phone) => phone.play({ ...PLAN, predict: true })));
    const told = ({ install }: Phone) =>
      collector.named("prediction", install).map(({ properties }) => properties);
    const graph = told(usual);
    expect(graph.length).toBeGreaterThan(10);
    for (const [phone, reason] of [
      [broken, "cpu/onnx:RUNTIME_UNSUPPORTED"],
      [alone, undefined],
    ] as const) {
      const table = told(phone);
      expect(table.map(({ session, start }) => `${session} ${start}`)).toEqual(
        graph.map(({ session, start }) => `${session} ${start}`),
      );
      expect(new Set(table.map((of) => `${of["source"]} ${of["reason"]}`))).toEqual(
        new Set([`device ${reason}`]),
      );
      for (const [index, { probabilities }] of table.entries()) {
        const wanted = graph[index]!["probabilities"] as number[];
        for (const [label, value] of (probabilities as number[]).entries())
          expect(Math.abs(value - wanted[label]!)).toBeLessThan(1e-6);
      }
    }
  });

  it("of an older app sends version 1, of one without consent sends nothing, and clocks go wrong", async () => {
    collector = await startCollector();
    const begun = Date.now();
    const older = await start("older_schema", "study", "older");
    const silent = await start("no_analytics", "study", "silent");
    const ahead = await start("clock_ahead", "study", "ahead");
    await Promise.all([older, silent, ahead].map((phone) => phone.play(PLAN)));
    const taps = collector.named("tap", older.install);
    expect(taps.length).toBeGreaterThan(0);
    for (const { version, properties } of taps)
      expect([version, Object.keys(properties)]).toEqual([1, ["button"]]);
    for (const { version } of collector.named("tap", ahead.install)) expect(version).toBe(2);
    expect([
      ...collector.named("tap", silent.install),
      ...collector.named("screen_view", silent.install),
    ]).toEqual([]);
    const first = (phone: Phone) => collector.named("motion", phone.install)[0]!.time;
    const passed = (Date.now() - begun) * 200;
    for (const [phone, offset] of [
      [older, 0],
      [ahead, 180 * 60_000],
    ] as const) {
      expect(first(phone)).toBeGreaterThanOrEqual(NOW + offset);
      expect(first(phone)).toBeLessThanOrEqual(NOW + offset + passed);
    }
    const [one, two] = collector.named("motion", ahead.install);
    expect(two!.time - one!.time).toBe((WINDOW * 1000) / RATE);
  });

  it("that is killed while it sends goes on after its last written sample, and nothing is lost or doubled", async () => {
    collector = await startCollector();
    let kills = 0;
    const options = optionsOf("killed", "study", "killed");
    const clean = { ...options.traits, unreliability: { outage: null, loseAnswer: 0, sendTwice: 0 } };
    const phone = await createProcessPhone({ ...options, traits: clean }, 2, { killed: () => (kills += 1) });
    phones.push(phone);
    await phone.play(PLAN);
    expect(kills).toBe(1);
    // The batch that was under way came again: without the kill this network repeats nothing.
    expect(collector.duplicates()).toBeGreaterThan(0);
    const { sessions } = options.recording;
    for (const { id, samples } of sessions) expectSamples(`p1.${id}`, samples);
    expect(collector.named("annotation")).toHaveLength(sessions.length);
    expect(collector.named("enrolment")).toHaveLength(1);
    expect(
      new Set([...collector.events.values()].map(({ install, epoch }) => `${install}.${epoch}`)).size,
    ).toBe(1);
    const { recorded, acknowledged, pending } = await phones.pop()!.finish(1000);
    expect([recorded, acknowledged, pending]).toEqual([collector.events.size, collector.events.size, 0]);
    expect(phone.peakMb()).toBeGreaterThan(20);
  });

  it("says so when the server never takes its events", async () => {
    collector = await startCollector();
    const phone = await createPhone({
      ...optionsOf(null, "study", "refused"),
      collect: `${collector.address}/nowhere`,
    });
    await expect(phone.play(PLAN)).rejects.toMatchObject({ code: "NOT_FOUND" });
    const { recorded, acknowledged, pending } = await phone.finish(10);
    expect([acknowledged, pending]).toEqual([0, recorded]);
  });
});
