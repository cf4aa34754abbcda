import { UPDATE_EVENT, isWithin, updateEvent, type AppDefinition } from "@tideline/spec";
import { beforeEach, expect, test } from "vitest";
import {
  app,
  createWorld,
  gait,
  makeRelease,
  platform,
  releaseKey,
  runtimeOf,
  signingKey,
  type World,
} from "../../../test/device-fixture.ts";
import type { Client } from "./client.ts";
import { describeDiagnostics } from "./describe-diagnostics.ts";
import { reportUpdates } from "./release-report.ts";

const update = updateEvent({ purpose: "improve", retain: "90d" });
const reporting: AppDefinition = { ...app, events: { ...app.events, [UPDATE_EVENT]: update } };
const window = new Float32Array(gait.size * gait.channels.length);
window[0] = 0.8;

let world: World;
beforeEach(() => {
  world = createWorld();
});

async function start(ports: Parameters<World["start"]>[1] = {}): Promise<Client> {
  const client = await world.start({ app: reporting, wrap: reportUpdates }, ports);
  await client.setConsent(["improve"]);
  return client;
}

const answering = async (client: Client): Promise<number | string> => {
  const { source, probabilities, reason } = await client.predict(window, { session: "s", start: 0 });
  return source === "device" ? Number((probabilities![1]! / 0.8).toFixed(4)) : `${reason}`;
};

/** A share that this phone is within, or is not, by a hair. */
async function shareFor(client: Client, isIn: boolean, salt = "salt"): Promise<number> {
  const { install } = client.diagnostics();
  for (let share = 0.05; share <= 1; share += 0.05) {
    if (await isWithin({ share, salt }, install, platform))
      return isIn ? share : Math.max(share - 0.05, 1e-9);
  }
  throw new Error("no share");
}

/** What the phone has reported, as it was sent. */
const told = async (client: Client) => {
  await client.flush();
  return [...world.collector.events.values()]
    .filter(({ name }) => name === UPDATE_EVENT)
    .map(({ properties }) => properties);
};

test("a phone outside of the share keeps what it has, never goes back, and takes it when the share grows", async () => {
  world.publish(await makeRelease(1, { gain: 0.1 }));
  const client = await start();
  await client.update();
  const rollout = { salt: "salt", share: await shareFor(client, false) };
  world.publish(await makeRelease(2, { gain: 0.2, rollout }));
  const heldBack = { result: "held-back", version: 1, code: "RELEASE_HELD_BACK" };
  expect(await client.update()).toEqual(heldBack);
  expect(await client.update()).toEqual(heldBack);
  expect(await answering(client)).toBe(0.1);
  expect(client.diagnostics().releases["activity"]).toMatchObject({ version: 1, accepted: 2 });
  expect(describeDiagnostics(client.diagnostics())).toContain("Version 2 is rolled out in stages");
  // Nothing of it was fetched.
  expect(world.requests.filter(({ url }) => url.includes("/v1/artifacts/"))).toHaveLength(2);
  const second = world.offer.release;
  world.publish(await makeRelease(1, { gain: 0.1 }));
  expect(await (await start()).update()).toMatchObject({ result: "kept", code: "RELEASE_ROLLBACK" });
  world.offer.release = second;
  world.publish(
    await makeRelease(3, { gain: 0.2, rollout: { ...rollout, share: await shareFor(client, true) } }),
  );
  expect(await client.update()).toEqual({ result: "activated", version: 3, code: null });
  expect(await told(client)).toMatchObject([
    { version: 1, running: 1, result: "activated", runtime: "cpu/onnx", model: "activity" },
    { version: 2, running: 1, result: "held-back", code: "RELEASE_HELD_BACK" },
    { version: 3, running: 3, result: "activated" },
  ]);
});

test("a kill and a rollback reach every phone; one that was switched off waits until it is meant", async () => {
  world.publish(await makeRelease(1, { gain: 0.1 }));
  const client = await start();
  await client.update();
  const outside = { salt: "salt", share: await shareFor(client, false) };
  world.publish(await makeRelease(2, { kill: true, rollout: outside }));
  expect(await client.update()).toMatchObject({ result: "killed" });
  const former = (await makeRelease(1, { gain: 0.1 })).envelope;
  world.publish(await makeRelease(3, { gain: 0.3, rollout: { ...outside, otherwise: former } }));
  expect(await client.update()).toMatchObject({ result: "held-back", version: 0 });
  expect(await answering(client)).toBe("RELEASE_KILLED");
  expect(await answering(await start())).toBe("RELEASE_KILLED");
  world.publish(await makeRelease(4, { gain: 0.1 }));
  expect(await client.update()).toMatchObject({ result: "activated", version: 4 });
  expect(await answering(client)).toBe(0.1);
});

test("a phone that has nothing, or less, takes the release before; it is held to the same checks", async () => {
  const former = await makeRelease(4, { gain: 0.4 });
  world.publish(former);
  const fresh = await start();
  const rollout = { salt: "salt", share: await shareFor(fresh, false) };
  const offer = async (otherwise: unknown) =>
    world.publish(
      await makeRelease(5, { gain: 0.5, rollout: { ...rollout, otherwise: otherwise as never } }),
    );
  for (const [otherwise, code] of [
    [(await makeRelease(4, { gain: 0.4, keys: [signingKey(9)] })).envelope, "RELEASE_SIGNATURE_INVALID"],
    [(await makeRelease(4, { gain: 0.4, expires: 1 })).envelope, "RELEASE_EXPIRED"],
    [{ payload: 7 }, "RELEASE_MALFORMED"],
  ] as const) {
    await offer(otherwise);
    expect(await fresh.update()).toEqual({ result: "kept", version: 0, code });
  }
  await offer((await makeRelease(6, { gain: 0.9, keys: [releaseKey] })).envelope);
  expect(await fresh.update()).toMatchObject({ result: "held-back", version: 0 });
  expect(await answering(fresh)).toBe("device:RELEASE_HELD_BACK,cloud:CONSENT_MISSING,last:NOT_FOUND");
  await offer(former.envelope);
  expect(await fresh.update()).toEqual({ result: "activated", version: 4, code: "RELEASE_HELD_BACK" });
  expect(await answering(fresh)).toBe(0.4);
  expect(await fresh.update()).toEqual({ result: "held-back", version: 4, code: "RELEASE_HELD_BACK" });
  world.intercept = () => {
    throw new Error("no connection");
  };
  expect(await answering(await start())).toBe(0.4);
});

test("what fails on a phone is told: a self-test beside a runtime that works, none that works, a crash", async () => {
  const wrong = runtimeOf({ tier: "accelerator" }, async (answer) => answer.map((value) => value * 0.9));
  const table = runtimeOf({ tier: "portable", name: "table", level: 1 });
  world.publish(await makeRelease(1, { table: true }));
  const client = await start({ runtimes: [wrong, table] });
  await client.update();
  world.publish(await makeRelease(2, { tested: 0.9 }));
  await client.update();
  let isFatal = false;
  const fatal = {
    ...runtimeOf({}),
    load: async () => {
      if (isFatal) world.storage().stop();
      throw new Error("segmentation fault");
    },
  };
  world.publish(await makeRelease(3));
  const doomed = await start({ runtimes: [fatal] });
  isFatal = true;
  await doomed.update();
  isFatal = false;
  // Already at the start, before anything else ends the app again.
  const again = await world.start({ app: reporting, wrap: reportUpdates }, { runtimes: [fatal] });
  const failed = "accelerator/onnx:SELF_TEST_FAILED";
  expect(await told(again)).toMatchObject([
    { version: 1, result: "activated", runtime: "portable/table", failed },
    { version: 2, running: 1, result: "kept", code: "SELF_TEST_FAILED", failed },
    { version: 3, result: "crashed", failed: "cpu/onnx:RUNTIME_CRASHED" },
  ]);
});

test("without the event, without consent to it or without the reporter nothing is told", async () => {
  world.publish(await makeRelease(1));
  const plain = await world.start({ wrap: reportUpdates });
  await plain.setConsent(["improve"]);
  await plain.update();
  const silent = await world.start({ app: reporting, wrap: reportUpdates });
  await silent.setConsent(["analytics"]);
  await silent.update();
  expect(await told(silent)).toEqual([]);
});
