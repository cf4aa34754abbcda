import { beforeEach, expect, test } from "vitest";
import { createWorld, gait, keyOf, makeRelease, runtime, type World } from "../../../test/device-fixture.ts";
import type { Client } from "./client.ts";
import type { CrashPoint } from "./crash-point.ts";

const window = new Float32Array(gait.size * gait.channels.length);
window[0] = 0.8;

let world: World;
beforeEach(() => {
  world = createWorld();
});

/** Gain of the model that answers, or the source where none does. */
async function answering(client: Client): Promise<number | string> {
  const { source, probabilities } = await client.predict(window, { session: "s", start: 0 });
  return source === "device" ? Number((probabilities![1]! / 0.8).toFixed(4)) : source;
}

async function startWithFirst(): Promise<Client> {
  world.publish(await makeRelease(1, { gain: 0.5 }));
  const client = await world.start();
  await client.setConsent(["improve"]);
  expect(await client.update()).toMatchObject({ result: "activated", version: 1 });
  return client;
}

/** A runtime that takes the process down when it loads a certain model. */
function fatal(gain: number) {
  return {
    ...runtime,
    load: async (...call: Parameters<typeof runtime.load>) => {
      if (Buffer.from(call[0]).toString() === `gain ${gain}`) {
        world.storage().stop();
        throw new Error("segmentation fault");
      }
      return runtime.load(...call);
    },
  };
}

test("a candidate that crashes the app twice is skipped, the last good model stays", async () => {
  await startWithFirst();
  const release = await makeRelease(2, { gain: 0.9 });
  world.publish(release);
  for (let crash = 0; crash < 2; crash += 1) {
    const client = await world.start({}, { runtimes: [fatal(0.9)] });
    expect(await answering(client)).toBe(0.5);
    await expect(client.update()).resolves.toMatchObject({ result: "kept" });
  }
  const client = await world.start({}, { runtimes: [fatal(0.9)] });
  expect(await client.update()).toMatchObject({ result: "kept", version: 1 });
  expect(client.diagnostics().releases["activity"]!.skipped).toEqual([keyOf(release)]);
  expect(await answering(client)).toBe(0.5);
});

test("an active model that begins to crash the app gives way to the one before it", async () => {
  const first = await startWithFirst();
  const release = await makeRelease(2, { gain: 0.9 });
  world.publish(release);
  await first.update();
  for (let crash = 0; crash < 2; crash += 1) {
    const doomed = await world.start({}, { runtimes: [fatal(0.9)] });
    expect(await answering(doomed)).toBe("rule");
  }
  const client = await world.start({}, { runtimes: [fatal(0.9)] });
  expect(await answering(client)).toBe(0.5);
  expect(client.diagnostics().releases["activity"]).toMatchObject({
    version: 1,
    accepted: 2,
    skipped: [keyOf(release)],
  });
});

test.each<CrashPoint>([
  "update.accept.before",
  "update.accept.after",
  "update.load.before",
  "update.activate.before",
  "update.activate.after",
])("an update torn apart at %s leaves a model that answers, and is finished the next time", async (at) => {
  await startWithFirst();
  world.publish(await makeRelease(2, { gain: 0.9 }));
  const crashPoint = (point: CrashPoint): void => {
    if (point !== at) return;
    world.storage().stop();
    throw new Error(point);
  };
  const doomed = await world.start(
    {},
    { crashPoint: (point) => (point === "update.load.before" ? undefined : crashPoint(point)) },
  );
  if (at === "update.load.before") {
    await doomed.close();
    await expect(world.start({}, { crashPoint })).rejects.toThrow(at);
  } else await expect(doomed.update()).rejects.toThrow(at);
  const client = await world.start();
  expect([0.5, 0.9]).toContain(await answering(client));
  await client.update();
  expect(await answering(client)).toBe(0.9);
});
