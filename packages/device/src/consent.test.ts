import { expect, test } from "vitest";
import { createWorld, motion, tap } from "../../../test/device-fixture.ts";
import type { CrashPoint } from "./crash-point.ts";

const frame = { session: "s", start: 0, samples: { samples: 1, values: Float32Array.of(1, 2) } };

/** Everything that lies on the phone's disk, as text. */
const disk = (files: ReadonlyMap<string, Uint8Array>): string =>
  [...files.values()].map((bytes) => Buffer.from(bytes).toString("latin1")).join("\n");

test("before anybody was asked nothing is recorded, and what is withheld is counted", async () => {
  const client = await createWorld().start();
  expect(await client.track(tap, { target: "a" })).toBeNull();
  expect(client.diagnostics().events).toMatchObject({ recorded: 0, withheld: 1 });
});

test("consent outlives a restart and travels with each event", async () => {
  const world = createWorld();
  await (await world.start()).setConsent(["improve", "analytics"]);
  const client = await world.start();
  await client.track(tap, { target: "a" });
  await client.flush();
  expect([...world.collector.events.values()][0]!.consent).toEqual(["analytics", "improve"]);
});

test("withdrawing a purpose removes its waiting events from the disk, and only those", async () => {
  const world = createWorld();
  const client = await world.start();
  await client.setConsent(["improve", "analytics"]);
  await client.track(tap, { target: "secret-target" });
  await client.track(motion, frame);
  expect(disk(world.files)).toContain("secret-target");
  await client.setConsent(["improve"]);
  expect(disk(world.files)).not.toContain("secret-target");
  expect(client.diagnostics().events).toMatchObject({ recorded: 2, pending: 1, dropped: 1 });
  await client.flush();
  expect([...world.collector.events.values()].map(({ name }) => name)).toEqual(["motion"]);
});

test("events that were acknowledged but share a file with waiting ones are removed as well", async () => {
  const world = createWorld();
  const client = await world.start({ limits: { batchEvents: 1, attempts: 1 } });
  await client.setConsent(["improve", "analytics"]);
  await client.track(tap, { target: "secret-sent" });
  await client.track(tap, { target: "secret-waiting" });
  world.intercept = () => {
    if (world.collector.received.length > 0) throw new Error("no connection");
    return undefined;
  };
  expect(await client.flush()).toMatchObject({ acknowledged: 1, pending: 1 });
  await client.setConsent(["improve"]);
  expect(disk(world.files)).not.toContain("secret");
});

test.each<CrashPoint>(["consent.purge.before", "consent.purge.after"])(
  "a withdrawal that was torn apart at %s is finished at the next start",
  async (at) => {
    const world = createWorld();
    let armed = false;
    const crashPoint = (point: CrashPoint): void => {
      if (!armed || point !== at) return;
      world.storage().stop();
      throw new Error(point);
    };
    const client = await world.start({}, { crashPoint });
    await client.setConsent(["improve", "analytics"]);
    await client.track(tap, { target: "secret-target" });
    await client.track(motion, frame);
    armed = true;
    await expect(client.setConsent(["improve"])).rejects.toThrow(at);
    armed = false;
    const again = await world.start({}, { crashPoint });
    expect(disk(world.files)).not.toContain("secret-target");
    await again.flush();
    expect([...world.collector.events.values()].map(({ name }) => name)).toEqual(["motion"]);
    expect(again.diagnostics().events).toMatchObject({ recorded: 2, acknowledged: 1, dropped: 1 });
  },
);

test("a purpose that the app does not declare is refused", async () => {
  const client = await createWorld().start();
  await expect(client.setConsent(["marketing"])).rejects.toMatchObject({ code: "ARGUMENT_INVALID" });
});
