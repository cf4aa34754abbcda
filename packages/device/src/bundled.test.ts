import { beforeEach, expect, test } from "vitest";
import {
  createWorld,
  gait,
  makeRelease,
  NOW,
  runtime,
  type SmallRelease,
  type World,
} from "../../../test/device-fixture.ts";
import type { Client } from "./client.ts";
import type { BundledRelease } from "./release-slot.ts";

const window = new Float32Array(gait.size * gait.channels.length);
window[0] = 0.8;

const json = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64");

let world: World;
beforeEach(() => {
  world = createWorld();
});

/** A release as the app's package carries it. */
const packed = ({ envelope, artifacts }: SmallRelease): BundledRelease => ({
  envelope,
  artifacts: async (sha256) => artifacts.get(sha256) ?? null,
});

async function install(...releases: readonly SmallRelease[]): Promise<Client> {
  const client = await world.start({ bundled: releases.map(packed) });
  await client.setConsent(["improve"]);
  return client;
}

/** Gain of the model that answers, or the source where none does. */
async function answering(client: Client): Promise<number | string> {
  const { source, probabilities } = await client.predict(window, { session: "s", start: 0 });
  return source === "device" ? Number((probabilities![1]! / 0.8).toFixed(4)) : source;
}

const offline = (): void => {
  world.intercept = () => {
    throw new Error("airplane mode");
  };
};

test("in airplane mode from install on, the model of the app's package answers, start after start", async () => {
  offline();
  const release = await makeRelease(3, { gain: 0.5, expires: NOW - 1 });
  for (let start = 0; start < 3; start += 1) {
    const client = await install(release);
    expect(await answering(client)).toBe(0.5);
    expect(await client.update()).toEqual({ result: "offline", version: 3, code: "UNAVAILABLE" });
  }
  expect(world.requests.every(({ url }) => !url.includes("artifacts"))).toBe(true);
  // Its files stay where they are: nothing is kept twice.
  expect([...world.files.keys()].filter((name) => name.startsWith("artifact-"))).toEqual([]);
});

test("it is tested on this very phone once, not at every start", async () => {
  const release = await makeRelease(3);
  let runs = 0;
  const counting = {
    ...runtime,
    load: async (...call: Parameters<typeof runtime.load>) => {
      const model = await runtime.load(...call);
      return { ...model, run: (...run: Parameters<typeof model.run>) => ((runs += 1), model.run(...run)) };
    },
  };
  const start = () => world.start({ bundled: packed(release) }, { runtimes: [counting] });
  await start();
  const first = runs;
  await start();
  expect([first, runs - first]).toEqual([3, 1]);
});

test("a better one is taken, and the older one in the package never comes back", async () => {
  const old = await makeRelease(3, { gain: 0.5 });
  const client = await install(old);
  world.publish(await makeRelease(4, { gain: 0.7 }));
  expect(await client.update()).toMatchObject({ result: "activated", version: 4 });
  offline();
  const again = await install(old);
  expect(await answering(again)).toBe(0.7);
  expect(again.diagnostics()).toMatchObject({ lastError: null, releases: { activity: { accepted: 4 } } });
});

test("a server that offers an older one than the package has is refused", async () => {
  const client = await install(await makeRelease(3, { gain: 0.5 }));
  world.publish(await makeRelease(2, { gain: 0.7 }));
  expect(await client.update()).toEqual({ result: "kept", version: 3, code: "RELEASE_ROLLBACK" });
  expect(await answering(client)).toBe(0.5);
});

test("what was switched off stays off, whatever the package has, until the package has a newer one", async () => {
  const old = await makeRelease(3);
  const client = await install(old);
  world.publish(await makeRelease(4, { kill: true }));
  expect(await client.update()).toMatchObject({ result: "killed" });
  offline();
  expect(await answering(await install(old))).toBe("rule");
  expect(await answering(await install(await makeRelease(5, { gain: 0.9 })))).toBe(0.9);
});

test("an update of the app brings a newer one; when that does not work here, the one before it answers", async () => {
  const client = await install(await makeRelease(3, { gain: 0.5 }));
  await client.close();
  expect(await answering(await install(await makeRelease(4, { gain: 0.7 })))).toBe(0.7);
  // The package of version 5 does not have what version 4 was made of.
  world.publish(await makeRelease(6, { gain: 0.6 }));
  const updated = await install(await makeRelease(5, { gain: 0.8 }));
  expect(await updated.update()).toMatchObject({ result: "activated", version: 6 });
  const broken = await install(await makeRelease(7, { gain: 0.9, tested: 0.1 }));
  expect(await answering(broken)).toBe(0.6);
  expect(broken.diagnostics()).toMatchObject({
    lastError: { code: "SELF_TEST_FAILED" },
    releases: { activity: { version: 6, accepted: 7 } },
  });
});

test("after a restore, with no version accepted, what the package has is used when nothing else is there", async () => {
  const release = await makeRelease(3, { gain: 0.5 });
  await install(release);
  for (const name of [...world.files.keys()].filter((file) => file.startsWith("release-"))) {
    world.files.delete(name);
  }
  offline();
  expect(await answering(await install(release))).toBe(0.5);
});

test.each([
  ["tampered with", (release: SmallRelease) => ({ payload: json({ ...release.metadata, version: 9 }) })],
  ["signed by nobody", () => ({ signatures: [] })],
])("one that is %s is refused, and said so", async (_, change) => {
  const release = await makeRelease(3);
  const envelope = { ...release.envelope, ...change(release) };
  const client = await install({ ...release, envelope });
  expect(await answering(client)).toBe("rule");
  expect(client.diagnostics().lastError).toMatchObject({ code: "RELEASE_SIGNATURE_INVALID" });
});

test("other bytes than the manifest names are not used, and are fetched once there is a network", async () => {
  const release = await makeRelease(3, { gain: 0.5 });
  world.publish(release);
  const client = await world.start({
    bundled: { envelope: release.envelope, artifacts: async () => new Uint8Array(8) },
  });
  await client.setConsent(["improve"]);
  expect(await answering(client)).toBe("rule");
  expect(await client.update()).toMatchObject({ result: "activated", version: 3 });
  expect(await answering(client)).toBe(0.5);
});

test("each model takes what is its own", async () => {
  const foreign = await makeRelease(9);
  const { metadata } = foreign;
  const other = await makeRelease(9, { model: { ...metadata.model, name: "other" } });
  const client = await install(other, await makeRelease(2, { gain: 0.5 }));
  expect(await answering(client)).toBe(0.5);
  expect(client.diagnostics().lastError).toBeNull();
});
