import { createHash } from "node:crypto";
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
import { NO_RELEASE } from "./release-state.ts";

const update = updateEvent({ purpose: "improve", retain: "90d" });
const reporting: AppDefinition = { ...app, events: { ...app.events, [UPDATE_EVENT]: update } };
const window = new Float32Array(gait.size * gait.channels.length);
window[0] = 0.8;

const STATE = "release-activity-stable.json";
/** The number that the phone of these tests has drawn. */
const DRAW = "0123456789abcdef";

let world: World;
beforeEach(() => {
  world = createWorld();
  world.files.set(STATE, platform.text.encode(JSON.stringify({ ...NO_RELEASE, draw: DRAW })));
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

/** A share that the phone is within, or is not, by a hair. */
async function shareFor(isIn: boolean, salt = "salt"): Promise<number> {
  for (let share = 0.05; share <= 1; share += 0.05) {
    if (await isWithin({ share, salt }, DRAW, platform)) return isIn ? share : Math.max(share - 0.05, 1e-9);
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
  const rollout = { salt: "salt", share: await shareFor(false) };
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
  world.publish(await makeRelease(3, { gain: 0.2, rollout: { ...rollout, share: await shareFor(true) } }));
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
  const outside = { salt: "salt", share: await shareFor(false) };
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
  const rollout = { salt: "salt", share: await shareFor(false) };
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

test("the release before is taken only where it is for every phone, and is not looked at where it runs", async () => {
  world.publish(await makeRelease(4, { gain: 0.4 }));
  const rollout = { salt: "salt", share: await shareFor(false) };
  const offer = async (former: Parameters<typeof makeRelease>[1]) => {
    const { envelope, artifacts } = await makeRelease(4, { gain: 0.4, ...former });
    world.publish(await makeRelease(5, { gain: 0.5, rollout: { ...rollout, otherwise: envelope } }));
    for (const [name, bytes] of artifacts) world.offer.artifacts.set(name, bytes);
  };
  const client = await start();
  await offer({ kill: true });
  expect(await client.update()).toEqual({ result: "held-back", version: 0, code: "RELEASE_HELD_BACK" });
  await offer({ rollout: { salt: "salt", share: 1 } });
  expect(await client.update()).toEqual({ result: "held-back", version: 0, code: "RELEASE_HELD_BACK" });
  await offer({});
  expect(await client.update()).toEqual({ result: "activated", version: 4, code: "RELEASE_HELD_BACK" });
  await offer({ expires: 1 });
  expect(await client.update()).toEqual({ result: "held-back", version: 4, code: "RELEASE_HELD_BACK" });
});

test.each([{ share: "1", salt: "s" }, { share: 1 }, { salt: "s" }, { share: 1, salt: 7 }, "1"])(
  "a roll-out that is none is refused, and switches off all the same: %j",
  async (rollout) => {
    world.publish(await makeRelease(1, { rollout: rollout as never }));
    const client = await start();
    expect(await client.update()).toEqual({ result: "kept", version: 0, code: "RELEASE_MALFORMED" });
    world.publish(await makeRelease(1, { kill: true, rollout: rollout as never }));
    expect(await client.update()).toMatchObject({ result: "killed" });
  },
);

test("a phone draws once: a child's, whose install is new at each start, too; nobody learns the number", async () => {
  const results: string[] = [];
  for (let phone = 0; phone < 12; phone += 1) {
    world = createWorld();
    world.publish(await makeRelease(1, { rollout: { salt: "salt", share: 0.5 } }));
    let drawn = 0;
    const random = (length: number) =>
      new Uint8Array(createHash("sha256").update(`${phone} ${drawn++}`).digest().subarray(0, length));
    const begin = () => world.start({ restrict: { minor: true } }, { random });
    const outcomes = new Set<string>();
    const installs = new Set<string>();
    for (let starts = 0; starts < 6; starts += 1) {
      const client = await begin();
      await client.setConsent(["improve"]);
      await client.update();
      installs.add(client.diagnostics().install);
      outcomes.add(String(client.diagnostics().releases["activity"]!.version));
      await client.eraseMe();
      await client.close();
    }
    expect(installs.size).toBe(6);
    expect(outcomes.size).toBe(1);
    results.push(...outcomes);
    const { draw } = JSON.parse(platform.text.decode(world.files.get(STATE)!)) as { draw: string };
    expect(draw).toMatch(/^[0-9a-f]{16}$/);
    const sent = world.requests.map(({ url, body, headers }) => [
      url,
      headers,
      Buffer.from(body ?? []).toString(),
    ]);
    expect(JSON.stringify(sent)).not.toContain(draw);
  }
  expect(new Set(results)).toEqual(new Set(["0", "1"]));
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
