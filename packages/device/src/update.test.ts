import { toHex, type ReleaseMetadata } from "@tideline/spec";
import { beforeEach, describe, expect, test } from "vitest";
import {
  createWorld,
  gait,
  keyOf,
  makeRelease,
  makeRoot,
  modelBytes,
  NOW,
  platform,
  releaseKey,
  rootKey,
  runtime,
  seal,
  sealRoot,
  signingKey,
  type SmallRelease,
  type World,
} from "../../../test/device-fixture.ts";
import type { Client } from "./client.ts";

const stranger = signingKey(9);
const window = new Float32Array(gait.size * gait.channels.length);
window[0] = 0.8;
const context = { session: "s", start: 0 };

let world: World;
beforeEach(() => {
  world = createWorld();
});

/** Gain of the model that answers, or the source where none does. */
async function answering(client: Client): Promise<number | string> {
  const { source, probabilities } = await client.predict(window, context);
  return source === "device" ? Number((probabilities![1]! / 0.8).toFixed(4)) : source;
}

/** A client whose person consented to the model's purpose. */
async function startConsented(...start: Parameters<World["start"]>): Promise<Client> {
  const client = await world.start(...start);
  await client.setConsent(["improve"]);
  return client;
}

async function startWithFirst(): Promise<Client> {
  world.publish(await makeRelease(1, { gain: 0.5 }));
  const client = await startConsented();
  expect(await client.update()).toEqual({ result: "activated", version: 1, code: null });
  return client;
}

test("a release is fetched, tested, activated, and there again after a start without a network", async () => {
  const client = await startWithFirst();
  expect(await answering(client)).toBe(0.5);
  expect(await client.update()).toEqual({ result: "current", version: 1, code: null });
  world.intercept = () => {
    throw new Error("no connection");
  };
  const offline = await world.start();
  expect(await answering(offline)).toBe(0.5);
  expect(await offline.update()).toEqual({ result: "offline", version: 1, code: "UNAVAILABLE" });
  expect(await answering(offline)).toBe(0.5);
});

test("a newer release replaces the older one, and only files that may be needed stay", async () => {
  const client = await startWithFirst();
  for (const version of [2, 3]) {
    world.publish(await makeRelease(version, { gain: version / 10 }));
    expect(await client.update()).toMatchObject({ result: "activated", version });
  }
  expect(await answering(client)).toBe(0.3);
  // Two models and their vectors.
  expect([...world.files.keys()].filter((name) => name.startsWith("artifact-"))).toHaveLength(4);
});

const json = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64");

/** A release whose payload was changed after it was signed. */
function tamper(release: SmallRelease, changes: Partial<ReleaseMetadata>): unknown {
  return { ...release.envelope, payload: json({ ...release.metadata, ...changes }) };
}

describe("what must not be taken is not, and the last good model answers on", () => {
  const attacks: readonly [string, string, () => Promise<void>][] = [
    [
      "a tampered manifest",
      "RELEASE_SIGNATURE_INVALID",
      async () => {
        world.offer.release = tamper(await makeRelease(2, { gain: 0.9 }), { kill: true });
      },
    ],
    [
      "a manifest signed by a stranger",
      "RELEASE_SIGNATURE_INVALID",
      async () => world.publish(await makeRelease(2, { gain: 0.9, keys: [stranger] })),
    ],
    [
      "a manifest signed by the root key, which is not the release's",
      "RELEASE_SIGNATURE_INVALID",
      async () => world.publish(await makeRelease(2, { gain: 0.9, keys: [rootKey] })),
    ],
    [
      "an expired manifest",
      "RELEASE_EXPIRED",
      async () => world.publish(await makeRelease(2, { gain: 0.9, expires: NOW })),
    ],
    ["an older manifest", "RELEASE_ROLLBACK", async () => world.publish(await makeRelease(0, { gain: 0.9 }))],
    [
      "another app's manifest",
      "RELEASE_MALFORMED",
      async () => world.publish(await makeRelease(2, { gain: 0.9, app: "other" })),
    ],
    [
      "another channel's manifest",
      "RELEASE_MALFORMED",
      async () => world.publish(await makeRelease(2, { gain: 0.9, channel: "beta" })),
    ],
    [
      "a manifest of another type",
      "RELEASE_MALFORMED",
      async () => {
        const { metadata } = await makeRelease(2);
        world.offer.release = seal("text/plain", metadata, [releaseKey]);
      },
    ],
    [
      "something that is no envelope",
      "RELEASE_MALFORMED",
      async () => {
        world.offer.release = [1, 2, 3];
      },
    ],
    [
      "a model for a newer SDK",
      "RELEASE_REQUIRES",
      async () => {
        const { requires } = (await makeRelease(2)).metadata;
        world.publish(await makeRelease(2, { gain: 0.9, requires: { ...requires, sdk: "9.0.0" } }));
      },
    ],
    [
      "a model for other windows",
      "RELEASE_REQUIRES",
      async () => {
        const { model } = (await makeRelease(2)).metadata;
        world.publish(await makeRelease(2, { gain: 0.9, model: { ...model, window: { ...gait, hop: 2 } } }));
      },
    ],
    [
      "a model for a runtime that is not there",
      "RUNTIME_UNSUPPORTED",
      async () => {
        const { variants } = (await makeRelease(2, { gain: 0.9 })).metadata;
        world.publish(
          await makeRelease(2, { gain: 0.9, variants: [{ ...variants[0]!, format: "onnx", opset: 99 }] }),
        );
      },
    ],
    [
      "other bytes than the manifest names",
      "ARTIFACT_CORRUPT",
      async () => {
        const release = await makeRelease(2, { gain: 0.9 });
        world.publish({
          ...release,
          artifacts: new Map([...release.artifacts, [release.metadata.id, modelBytes(0.7)]]),
        });
      },
    ],
    [
      "bytes without an end",
      "ARTIFACT_CORRUPT",
      async () => {
        const release = await makeRelease(2, { gain: 0.9 });
        world.publish({
          ...release,
          artifacts: new Map([...release.artifacts, [release.metadata.id, new Uint8Array(1e6)]]),
        });
      },
    ],
    [
      "a manifest that states too many bytes",
      "ARTIFACT_CORRUPT",
      async () => {
        const { variants } = (await makeRelease(2)).metadata;
        world.publish(await makeRelease(2, { variants: [{ ...variants[0]!, bytes: 1e12 }] }));
      },
    ],
    [
      "a model that answers otherwise than it should",
      "SELF_TEST_FAILED",
      async () => world.publish(await makeRelease(2, { gain: 0.9, tested: 0.8 })),
    ],
    [
      "a root that the trusted one did not sign",
      "RELEASE_SIGNATURE_INVALID",
      async () => {
        const { id, public: key } = stranger;
        const role = { keys: [id], threshold: 1 };
        const taken = makeRoot({
          version: 2,
          keys: { [id]: { scheme: "ed25519", public: key } },
          roles: { root: role, release: role },
        });
        world.offer.roots = [sealRoot(taken, [stranger])];
        world.publish(await makeRelease(2, { gain: 0.9, keys: [stranger] }));
      },
    ],
  ];
  test.each(attacks)("%s: %s", async (_, code, attack) => {
    const client = await startWithFirst();
    await attack();
    expect(await client.update()).toEqual({ result: "kept", version: 1, code });
    expect(client.diagnostics().releases["activity"]).toMatchObject({ version: 1, lastCode: code });
    expect(await answering(client)).toBe(0.5);
    world.intercept = () => {
      throw new Error("no connection");
    };
    expect(await answering(await world.start())).toBe(0.5);
  });
});

test("no artifact is asked for with more bytes than the manifest states", async () => {
  const release = await makeRelease(1);
  world.publish(release);
  await (await world.start()).update();
  const bounds = world.requests
    .filter(({ url }) => url.includes("/v1/artifacts/"))
    .map(({ maxBytes }) => maxBytes);
  expect(bounds).toEqual([release.metadata.vectors.bytes, release.metadata.variants[0]!.bytes]);
});

test.each([
  null,
  7,
  [],
  { kill: true },
  { kill: true, requires: 7 },
  { kill: true, requires: { runtime: 7 } },
  { kill: true, requires: { runtime: [{}, null] } },
  { version: {}, model: null },
])("an unsigned manifest of %j is refused like any other, and ends nothing", async (payload) => {
  const client = await startWithFirst();
  world.offer.release = { ...(await makeRelease(2)).envelope, payload: json(payload) };
  expect(await client.update()).toEqual({ result: "kept", version: 1, code: "RELEASE_SIGNATURE_INVALID" });
  expect(await answering(client)).toBe(0.5);
});

test("an artifact beyond the phone's own bound is not asked for, whatever the manifest states", async () => {
  const { variants } = (await makeRelease(1)).metadata;
  world.publish(await makeRelease(1, { variants: [{ ...variants[0]!, bytes: 1e12 }] }));
  const client = await world.start();
  expect(await client.update()).toMatchObject({ result: "kept", code: "ARTIFACT_CORRUPT" });
  expect(world.requests.some(({ url }) => url.endsWith(variants[0]!.sha256))).toBe(false);
});

test("rotations one after the other are remembered as a chain, and followed again without a network", async () => {
  const client = await startWithFirst();
  const [second, third] = [signingKey(4), signingKey(5)];
  const rootOf = (version: number, by: typeof second) =>
    makeRoot({
      version,
      keys: { ...makeRoot().keys, [by.id]: { scheme: "ed25519", public: by.public } },
      roles: { root: { keys: [by.id], threshold: 1 }, release: makeRoot().roles.release },
    });
  world.offer.roots = [sealRoot(rootOf(2, second), [rootKey, second])];
  await client.update();
  // A server that offers only what is new.
  const newest = {
    ...rootOf(3, third),
    keys: { ...rootOf(2, second).keys, ...rootOf(3, third).keys },
    roles: { root: { keys: [third.id], threshold: 1 }, release: { keys: [third.id], threshold: 1 } },
  };
  world.offer.roots = [sealRoot(newest, [second, third])];
  world.publish(await makeRelease(2, { gain: 0.3, keys: [third] }));
  expect(await client.update()).toMatchObject({ result: "activated", version: 2 });
  world.offer.roots = [];
  const again = await world.start();
  expect(await answering(again)).toBe(0.3);
  world.publish(await makeRelease(3, { gain: 0.4, keys: [third] }));
  expect(await again.update()).toMatchObject({ result: "activated", version: 3 });
  world.publish(await makeRelease(4, { gain: 0.9, keys: [releaseKey] }));
  expect(await again.update()).toMatchObject({ result: "kept", code: "RELEASE_SIGNATURE_INVALID" });
});

test("a development root is refused in production, and taken in development", async () => {
  world.publish(await makeRelease(1));
  const root = makeRoot({ development: true });
  const production = await world.start({ root });
  expect(await production.update()).toMatchObject({ result: "kept", code: "RELEASE_DEVELOPMENT_KEY" });
  const development = await world.start({ root, environment: "development" });
  expect(await development.update()).toMatchObject({ result: "activated" });
});

test("a rotated root is followed and remembered; what the old release key signs is refused from then on", async () => {
  const client = await startWithFirst();
  const fresh = signingKey(3);
  const rotated = makeRoot({
    version: 2,
    keys: { ...makeRoot().keys, [fresh.id]: { scheme: "ed25519", public: fresh.public } },
    roles: { ...makeRoot().roles, release: { keys: [fresh.id], threshold: 1 } },
  });
  world.offer.roots = [sealRoot(rotated, [rootKey])];
  world.publish(await makeRelease(2, { gain: 0.2, keys: [fresh] }));
  expect(await client.update()).toMatchObject({ result: "activated", version: 2 });
  world.offer.roots = [];
  const again = await world.start();
  world.publish(await makeRelease(3, { gain: 0.9, keys: [releaseKey] }));
  expect(await again.update()).toMatchObject({ result: "kept", code: "RELEASE_SIGNATURE_INVALID" });
  expect(await answering(again)).toBe(0.2);
});

test("an accepted version is remembered before its model runs: an older one is refused even then", async () => {
  const client = await startWithFirst();
  world.publish(await makeRelease(3, { gain: 0.9, tested: 0.8 }));
  await client.update();
  world.publish(await makeRelease(2, { gain: 0.2 }));
  expect(await client.update()).toMatchObject({ result: "kept", code: "RELEASE_ROLLBACK" });
  expect(await (await world.start()).update()).toMatchObject({ result: "kept", code: "RELEASE_ROLLBACK" });
});

test("a manifest that expires on the phone keeps the model that it brought", async () => {
  world.publish(await makeRelease(1, { expires: NOW + 1000 }));
  let now = NOW;
  const client = await startConsented({}, { clock: () => now });
  await client.update();
  now += 2000;
  const later = await world.start({}, { clock: () => now });
  expect(await answering(later)).toBe(0.5);
  expect(await later.update()).toMatchObject({ result: "kept", version: 1, code: "RELEASE_EXPIRED" });
});

test("a kill switches the model off at once and for good, also on a phone that could not run it", async () => {
  const client = await startWithFirst();
  const { requires } = (await makeRelease(2)).metadata;
  world.publish(await makeRelease(2, { kill: true, requires: { ...requires, sdk: "9.0.0" } }));
  expect(await client.update()).toEqual({ result: "killed", version: 0, code: "RELEASE_KILLED" });
  await client.setConsent(["improve", "cloud"]);
  expect(await client.predict(window, context)).toMatchObject({ source: "rule", reason: "RELEASE_KILLED" });
  const again = await world.start();
  expect(await again.predict(window, context)).toMatchObject({ source: "rule", reason: "RELEASE_KILLED" });
  world.publish(await makeRelease(3, { gain: 0.3, tested: 0.1 }));
  expect(await again.update()).toMatchObject({ result: "kept", version: 0 });
  expect(await answering(await world.start())).toBe("rule");
  world.publish(await makeRelease(4, { gain: 0.3 }));
  expect(await again.update()).toMatchObject({ result: "activated", version: 4 });
  expect(await answering(again)).toBe(0.3);
});

test("a damaged model file on the phone is noticed, and fetched again", async () => {
  await startWithFirst();
  const { metadata } = await makeRelease(1, { gain: 0.5 });
  const name = `artifact-activity-${metadata.variants[0]!.sha256}`;
  expect(world.files.has(name)).toBe(true);
  world.files.set(name, modelBytes(0.9));
  const client = await world.start();
  expect(await answering(client)).toBe("rule");
  expect(await client.update()).toMatchObject({ result: "activated", version: 1 });
  expect(await answering(client)).toBe(0.5);
});

test("a model that fails its self-test twice is not tried a third time", async () => {
  const client = await startWithFirst();
  const release = await makeRelease(2, { gain: 0.9, tested: 0.1 });
  world.publish(release);
  await client.update();
  await client.update();
  expect(client.diagnostics().releases["activity"]).toMatchObject({
    version: 1,
    accepted: 2,
    skipped: [keyOf(release)],
  });
  const before = world.requests.length;
  expect(await client.update()).toMatchObject({ result: "kept", code: "SELF_TEST_FAILED" });
  expect(world.requests.slice(before).some(({ url }) => url.includes("artifacts"))).toBe(false);
});

test.each([
  ["near its own answers, far from the graph's", [0.32], "activated"],
  ["near the graph's answers, far from its own", [0.4], "kept"],
  ["without an answer to a window", [], "kept"],
])("a variant with answers of its own that is %s: %s, %s", async (_, tested, result) => {
  const client = await startWithFirst();
  const graph = tested[0] === 0.4 ? 0.3 : 0.9;
  world.publish(await makeRelease(2, { gain: 0.3, tested: graph, own: { tested, deviation: 0.05 } }));
  const code = result === "kept" ? "SELF_TEST_FAILED" : null;
  expect(await client.update()).toMatchObject({ result, code });
});

const WINDOW = Array.from(window, (_, at) => (at === 0 ? 1 : 0));
const ANSWERS = [[0.7, 0.3]];

test.each<[string, object, boolean?]>([
  ["all that it needs", {}, true],
  ["windows that are no lists", { windows: [null] }],
  ["windows that are a text", { windows: "w" }],
  ["a number of windows alone", { windows: { length: 1 }, probabilities: { length: 1 } }],
  ["answers that are none", { probabilities: [null] }],
  ["a tolerance that is a text", { tolerance: "Infinity" }],
  ["no tolerance", { tolerance: undefined }],
  ["a deviation", { own: { deviation: 0.1, probabilities: ANSWERS } }, true],
  ["a deviation that is a text", { own: { deviation: "1", probabilities: ANSWERS } }],
  ["a deviation that is less than nothing", { own: { deviation: -1, probabilities: ANSWERS } }],
  ["own answers without a deviation", { own: { probabilities: ANSWERS } }],
  ["own answers that are none", { own: { deviation: 0.1, probabilities: null } }],
])("a self-test with %s", async (_, { own, ...change }: { own?: object }, isPassed = false) => {
  const client = await startWithFirst();
  const [{ sha256 } = { sha256: "" }] = (await makeRelease(2, { gain: 0.3 })).metadata.variants;
  const told = { format: 1, tolerance: 1e-4, windows: [WINDOW], probabilities: ANSWERS, ...change };
  const bytes = new TextEncoder().encode(JSON.stringify({ ...told, variants: own && { [sha256]: own } }));
  const vectors = { sha256: toHex(await platform.digest(bytes)), bytes: bytes.length };
  const release = await makeRelease(2, { gain: 0.3, vectors });
  world.publish({ ...release, artifacts: new Map([...release.artifacts, [vectors.sha256, bytes]]) });
  expect(await client.update()).toMatchObject({ result: isPassed ? "activated" : "kept" });
  expect(await answering(client)).toBe(isPassed ? 0.3 : 0.5);
});

test("a runtime that refuses today may be asked again tomorrow", async () => {
  const client = await startWithFirst();
  world.publish(await makeRelease(2, { gain: 0.3 }));
  let refuse = true;
  const moody = {
    ...runtime,
    load: async (...call: Parameters<typeof runtime.load>) => {
      if (refuse) throw new Error("out of memory");
      return runtime.load(...call);
    },
  };
  const again = await world.start({}, { runtimes: [moody] });
  for (let day = 0; day < 4; day += 1) {
    expect(await again.update()).toMatchObject({ result: "kept", code: "RUNTIME_UNSUPPORTED" });
  }
  refuse = false;
  expect(await again.update()).toMatchObject({ result: "activated", version: 2 });
  await client.close();
});

test("predictions that are under way when a model is replaced are answered by the one that they began with", async () => {
  const client = await startWithFirst();
  world.publish(await makeRelease(2, { gain: 0.9 }));
  const [before, outcome] = await Promise.all([
    Promise.all(Array.from({ length: 5 }, () => answering(client))),
    client.update(),
  ]);
  expect(outcome.result).toBe("activated");
  expect(before).toEqual(Array.from({ length: 5 }, () => 0.5));
  expect(await answering(client)).toBe(0.9);
});

test("where nothing was released the phone says so", async () => {
  const client = await world.start();
  expect(await client.update()).toEqual({ result: "current", version: 0, code: "NOT_FOUND" });
});
