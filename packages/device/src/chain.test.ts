import { beforeEach, describe, expect, test } from "vitest";
import {
  createWorld,
  gait,
  keyOf,
  makeRelease,
  runtime,
  runtimeOf,
  type World,
} from "../../../test/device-fixture.ts";
import type { Client } from "./client.ts";
import type { ModelRuntime } from "./ports.ts";

const window = new Float32Array(gait.size * gait.channels.length);
window[0] = 0.8;
const shaking = Float32Array.from({ length: window.length }, (_, index) => (index % 3 === 0 ? 2 : 0));
const TIERS = ["accelerator", "cpu", "portable"] as const;
const NAMES = { accelerator: "onnx", cpu: "onnx", portable: "table" } as const;

let world: World;
let now: number;
/** What is remembered of each tier. */
let keys: Record<(typeof TIERS)[number], string>;
/** Tiers that fail from now on when a window of a person comes. */
let broken: Set<string>;
/** Milliseconds that a run of each tier takes. */
let costs: Record<(typeof TIERS)[number], number>;
beforeEach(async () => {
  world = createWorld();
  now = 0;
  broken = new Set();
  costs = { accelerator: 1, cpu: 2, portable: 3 };
  const release = await makeRelease(1, { table: true });
  world.publish(release);
  const [accelerator, cpu] = [keyOf(release, "accelerator"), keyOf(release)];
  keys = { accelerator, cpu, portable: keyOf(release, "portable", 1) };
});

const tierRuntime = (tier: (typeof TIERS)[number], changes: Partial<ModelRuntime> = {}): ModelRuntime =>
  runtimeOf({ tier, name: NAMES[tier], level: tier === "portable" ? 1 : 18, ...changes }, async (answer) => {
    now += costs[tier];
    if (broken.has(tier)) throw new Error("device lost");
    return answer;
  });

async function start(
  runtimes: readonly ModelRuntime[] = TIERS.map((tier) => tierRuntime(tier)),
  options: Parameters<World["start"]>[0] = {},
): Promise<Client> {
  const client = await world.start(options, { runtimes, monotonic: () => now });
  await client.setConsent(["improve", "cloud"]);
  await client.update();
  return client;
}

const ask = async (client: Client, changes: { session?: string; time?: number } = {}) => {
  const {
    source,
    reason,
    runtime: by,
  } = await client.predict(window, { session: "s", start: 0, ...changes });
  return { source, by, reason };
};

describe("each place of the chain is broken in turn", () => {
  test("accelerator, CPU, portable, cloud, last answer, rule; every reason is told", async () => {
    const client = await start();
    world.intercept = ({ url }) => {
      if (!url.endsWith("/infer")) return undefined;
      if (broken.has("cloud")) throw new Error("no connection");
      const outputs = [{ name: "probabilities", data: [0.25, 0.75] }];
      return { status: 200, headers: {}, body: Buffer.from(JSON.stringify({ outputs })) };
    };
    const fails = (...tiers: (typeof TIERS)[number][]): string =>
      tiers.map((tier) => `${tier}/${NAMES[tier]}:RUNTIME_UNSUPPORTED`).join();
    expect(await ask(client)).toEqual({ source: "device", by: "accelerator/onnx", reason: null });
    broken.add("accelerator");
    expect(await ask(client)).toEqual({ source: "device", by: "cpu/onnx", reason: fails("accelerator") });
    // The one that answered is asked first from then on; why not the one before it, each answer says.
    expect(await ask(client)).toEqual({ source: "device", by: "cpu/onnx", reason: fails("accelerator") });
    broken.add("cpu");
    const both = fails("accelerator", "cpu");
    expect(await ask(client)).toEqual({ source: "device", by: "portable/table", reason: both });
    broken.add("portable");
    const all = fails("accelerator", "cpu", "portable");
    expect(await ask(client)).toEqual({ source: "endpoint", by: null, reason: all });
    broken.add("cloud");
    const { reason, ...last } = await client.predict(shaking, { session: "s", start: 0 });
    // Not what the rule says of a shaking phone: what the endpoint said a moment ago.
    expect(last).toMatchObject({
      source: "last",
      label: "moving",
      release: "none",
      probabilities: [0.25, 0.75],
    });
    expect(reason).toBe(`${all},cloud:UNAVAILABLE`);
    const none = `${all},cloud:UNAVAILABLE,last:NOT_FOUND`;
    expect(await ask(client, { session: "another" })).toEqual({ source: "rule", by: null, reason: none });
    const later = 1_700_000_000_000 + 60_000;
    expect(await ask(client, { time: later })).toEqual({ source: "rule", by: null, reason: none });
    broken.clear();
    expect(await ask(client)).toEqual({ source: "device", by: "portable/table", reason: both });
    expect(client.diagnostics().predictions).toEqual({ device: 5, endpoint: 1, last: 1, rule: 2 });
    await client.flush();
    const sent = [...world.collector.events.values()].filter(({ name }) => name === "prediction");
    expect(sent.map(({ properties }) => properties["reason"])).toContain(none);
    expect(sent.map(({ properties }) => properties["source"])).toContain("last");
  });

  test("a person who did not consent to the cloud sends zero bytes", async () => {
    const client = await start();
    await client.setConsent(["improve"]);
    const before = world.requests.length;
    for (const tier of [...TIERS, "none"]) {
      await ask(client);
      broken.add(tier);
    }
    expect(await ask(client, { session: "t" })).toMatchObject({
      source: "rule",
      reason: expect.stringContaining("cloud:CONSENT_MISSING"),
    });
    expect(world.requests.slice(before)).toEqual([]);
  });

  test("an erasure takes the last answer along", async () => {
    const client = await start();
    await ask(client);
    for (const tier of TIERS) broken.add(tier);
    expect(await ask(client)).toMatchObject({ source: "last" });
    await client.eraseMe();
    expect(await ask(client)).toMatchObject({ source: "rule" });
  });

  test("an app without the cloud tier has none", async () => {
    const client = await world.start({ cloud: undefined as never }, { runtimes: [] });
    await client.setConsent(["improve", "cloud"]);
    expect(await ask(client)).toEqual({
      source: "rule",
      by: null,
      reason: "device:NOT_FOUND,last:NOT_FOUND",
    });
    expect(world.requests).toEqual([]);
  });
});

test("without consent to the model's purpose no model runs, nothing is asked and nothing is recorded", async () => {
  const client = await start();
  const before = world.requests.length;
  await client.setConsent(["cloud"]);
  now = 0;
  expect(await ask(client)).toEqual({ source: "rule", by: null, reason: "CONSENT_MISSING" });
  expect(now).toBe(0);
  expect(world.requests).toHaveLength(before);
  expect(client.diagnostics()).toMatchObject({ events: { recorded: 0 }, predictions: { rule: 1 } });
});

describe("the self-test chooses", () => {
  test("the fastest of those that agree, which diagnostics tell, also after a restart", async () => {
    costs = { accelerator: 9, cpu: 2, portable: 3 };
    const client = await start();
    expect(await ask(client)).toEqual({ source: "device", by: "cpu/onnx", reason: null });
    const status = client.diagnostics().releases["activity"]!;
    expect(status).toMatchObject({ version: 1, runtime: "cpu/onnx", skipped: [] });
    expect(status.tests).toEqual({ [keys.accelerator]: 9, [keys.cpu]: 2, [keys.portable]: 3 });
    costs.accelerator = 1;
    world.intercept = () => {
      throw new Error("no connection");
    };
    const again = await start();
    expect(await ask(again)).toMatchObject({ by: "cpu/onnx" });
    broken.add("cpu");
    expect(await ask(again)).toMatchObject({ by: "portable/table" });
  });

  test("what stands behind the one that answers is not named, whatever is wrong with it", async () => {
    const wrong = runtimeOf({ tier: "portable", name: "table", level: 1 }, async (answer) =>
      answer.map((value) => value * 0.9),
    );
    const client = await start([tierRuntime("accelerator"), tierRuntime("cpu"), wrong]);
    expect(await ask(client)).toEqual({ source: "device", by: "accelerator/onnx", reason: null });
    broken.add("accelerator").add("cpu");
    const reason = ["accelerator/onnx:RUNTIME_UNSUPPORTED", "cpu/onnx:RUNTIME_UNSUPPORTED"];
    expect(await ask(client, { session: "t" })).toEqual({
      source: "rule",
      by: null,
      reason: [...reason, "portable/table:SELF_TEST_FAILED", "cloud:UNAVAILABLE", "last:NOT_FOUND"].join(),
    });
  });

  test("never one that answers otherwise, and each prediction says so", async () => {
    const wrong = runtimeOf({ tier: "accelerator" }, async (answer) => answer.map((value) => value * 0.9));
    const client = await start([wrong, tierRuntime("portable")]);
    const reason = "accelerator/onnx:SELF_TEST_FAILED";
    expect(await ask(client)).toEqual({ source: "device", by: "portable/table", reason });
    expect(client.diagnostics().releases["activity"]!.tests).toEqual({
      [keys.accelerator]: "SELF_TEST_FAILED",
      [keys.portable]: 3,
    });
    const again = await start([wrong, tierRuntime("portable")]);
    expect(await ask(again)).toEqual({ source: "device", by: "portable/table", reason });
  });

  test("a runtime that takes the app down is passed over at the next start, and the portable one answers", async () => {
    const fatal: ModelRuntime = {
      ...runtime,
      tier: "accelerator",
      load: async () => {
        world.storage().stop();
        throw new Error("segmentation fault");
      },
    };
    const runtimes = [fatal, tierRuntime("portable")];
    await start(runtimes);
    const client = await start(runtimes);
    expect(await ask(client)).toEqual({
      source: "device",
      by: "portable/table",
      reason: "accelerator/onnx:RUNTIME_CRASHED",
    });
  });

  test("one that begins to take the app down with a model that it knows is passed over, too", async () => {
    await start();
    const fatal: ModelRuntime = {
      ...tierRuntime("accelerator"),
      load: async () => {
        world.storage().stop();
        throw new Error("segmentation fault");
      },
    };
    const runtimes = [fatal, tierRuntime("portable")];
    const offline = async (): Promise<Client> => {
      const client = await world.start(
        {},
        { runtimes, network: { request: () => Promise.reject(new Error("x")) } },
      );
      return client;
    };
    await offline();
    const client = await offline();
    expect(await ask(client)).toEqual({
      source: "device",
      by: "portable/table",
      reason: "accelerator/onnx:RUNTIME_CRASHED",
    });
  });

  test("of two variants the smaller one that the runtime can read", async () => {
    const { metadata } = await makeRelease(2, { table: true });
    const [onnx, table] = metadata.variants;
    const newer = { ...table!, format: "table", version: 2, bytes: 1 } as const;
    world.publish(await makeRelease(2, { table: true, variants: [onnx!, table!, newer] }));
    const client = await start([tierRuntime("portable")]);
    expect(await ask(client)).toMatchObject({ by: "portable/table" });
    expect([...world.files.keys()]).toContain(`artifact-activity-${table!.sha256}`);
  });

  test("a variant that cannot be had leaves the other runtimes; no connection leaves the update for later", async () => {
    const release = await makeRelease(1, { table: true });
    world.offer.artifacts.delete(release.metadata.variants[0]!.sha256);
    const client = await start();
    expect(await ask(client)).toEqual({
      source: "device",
      by: "portable/table",
      reason: "accelerator/onnx:ARTIFACT_CORRUPT,cpu/onnx:ARTIFACT_CORRUPT",
    });
    const next = await makeRelease(2, { table: true, gain: 0.3 });
    world.publish(next);
    world.intercept = ({ url }) => {
      if (url.endsWith(next.metadata.variants[1]!.sha256)) throw new Error("no connection");
      return undefined;
    };
    expect(await client.update()).toEqual({ result: "offline", version: 1, code: "UNAVAILABLE" });
    world.intercept = null;
    expect(await client.update()).toEqual({ result: "activated", version: 2, code: null });
  });
});
