import { defineApp, event, t, type Batch, type FrameReference } from "@tideline/spec";
import { decodeBatch, decodeFrame } from "@tideline/spec";
import { describe, expect, test } from "vitest";
import { createWorld, motion, platform, tap } from "../../../test/device-fixture.ts";
import { app as whole } from "../../../test/device-app.ts";
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

test("an event in the same breath as a withdrawal is not recorded", async () => {
  const world = createWorld();
  const client = await world.start();
  await client.setConsent(["analytics"]);
  const withdrawn = client.setConsent([]);
  expect(await client.track(tap, { target: "secret-target" })).toBeNull();
  await withdrawn;
  expect(disk(world.files)).not.toContain("secret-target");
});

test("a purpose that the app does not declare is refused", async () => {
  const client = await createWorld().start();
  await expect(client.setConsent(["marketing"])).rejects.toMatchObject({ code: "ARGUMENT_INVALID" });
});

test("what is about to be sent when consent is withdrawn is not sent, and what is on its way is not sent again", async () => {
  const world = createWorld();
  let withdraw: (() => Promise<void>) | null = null;
  const client = await world.start(
    {},
    {
      gzip: async (bytes) => {
        await withdraw?.();
        return bytes;
      },
    },
  );
  await client.setConsent(["improve", "analytics"]);
  await client.track(tap, { target: "secret-target" });
  await client.track(motion, frame);
  // In the middle of making the batch.
  withdraw = async () => {
    withdraw = null;
    await client.setConsent(["improve"]);
  };
  expect(await client.flush()).toMatchObject({ acknowledged: 1, pending: 0, stopped: null });
  expect(world.requests.map(({ body }) => Buffer.from(body!).toString("latin1")).join()).not.toContain(
    "secret",
  );

  await client.setConsent(["improve", "analytics"]);
  await client.track(tap, { target: "secret-target" });
  await client.track(motion, frame);
  let sent = 0;
  world.intercept = () => {
    // While the server does not answer.
    sent += 1;
    if (sent > 1) return undefined;
    void client.setConsent(["improve"]);
    throw new Error("connection reset");
  };
  expect(await client.flush()).toMatchObject({ acknowledged: 1, pending: 0 });
  const bodies = world.requests.slice(-2).map(({ body }) => Buffer.from(body!).toString("latin1"));
  expect(bodies.map((body) => body.includes("secret"))).toEqual([true, false]);
});

const walk = event(
  "walk",
  {
    steps: t.int(),
    place: t.forPurpose("location", t.string()),
    pulse: t.forPurpose("health", t.frame({ channels: ["bpm"], units: ["1/min"], rate: 1 })),
    sway: t.frame({ channels: ["x"], units: ["g"], rate: 1 }),
  },
  { purpose: "analytics", retain: "1d" },
);
const walks = defineApp({
  ...whole,
  purposes: { ...whole.purposes, location: "Draw a map.", health: "Watch the heart." },
  events: [...Object.values(whole.events), walk],
});
const samples = (...values: number[]) => ({ samples: values.length, values: Float32Array.from(values) });
const properties = { steps: 3, place: "secret-home", pulse: samples(71, 72), sway: samples(1, 2, 3) };
const pulseBytes = Buffer.from(Float32Array.of(71, 72).buffer).toString("latin1");

describe("a field with a purpose of its own", () => {
  const start = (world: ReturnType<typeof createWorld>) => world.start({ app: walks });
  const sentBy = (world: ReturnType<typeof createWorld>) => {
    const { header, attachment } = decodeBatch(world.requests.at(-1)!.body!, platform.text);
    const [only] = (header as Batch).events;
    const { sway, pulse, ...plain } = only!.properties as Record<string, never>;
    const read = (frame: FrameReference | undefined) => frame && [...decodeFrame(attachment, frame, 1)];
    return { header: only!, plain, sway: read(sway), pulse: read(pulse), attachment };
  };

  test("is not even written down without consent to it", async () => {
    const world = createWorld();
    const client = await start(world);
    await client.setConsent(["analytics", "health"]);
    await client.track(walk, properties);
    expect(disk(world.files)).not.toContain("secret-home");
    await client.flush();
    expect(sentBy(world)).toMatchObject({ plain: { steps: 3 }, sway: [1, 2, 3], pulse: [71, 72] });
    expect(Object.keys(sentBy(world).header)).not.toContain("purposes");
  });

  test("leaves what waits when its consent is withdrawn, the rest stays as it was", async () => {
    const world = createWorld();
    const client = await start(world);
    await client.setConsent(["analytics", "location", "health"]);
    await client.track(walk, properties);
    await client.track(tap, { target: "after" });
    expect(disk(world.files)).toContain("secret-home");
    expect(disk(world.files)).toContain(pulseBytes);
    await client.setConsent(["analytics"]);
    for (const gone of ["secret-home", pulseBytes]) expect(disk(world.files)).not.toContain(gone);
    expect(client.diagnostics().events).toMatchObject({ recorded: 2, pending: 2, dropped: 0 });
    const again = await start(world);
    expect(again.diagnostics().events).toMatchObject({ pending: 2, tornBytes: 0 });
    expect(await again.flush()).toMatchObject({ acknowledged: 2 });
    expect(sentBy(world)).toMatchObject({ plain: { steps: 3 }, sway: [1, 2, 3], pulse: undefined });
    expect(Buffer.from(sentBy(world).attachment).toString("latin1")).not.toContain(pulseBytes);
  });

  test("leaves also when the app died before it was done", async () => {
    const world = createWorld();
    let armed = false;
    const crashPoint = (point: CrashPoint): void => {
      if (!armed || point !== "consent.purge.before") return;
      world.storage().stop();
      throw new Error(point);
    };
    const client = await world.start({ app: walks }, { crashPoint });
    await client.setConsent(["analytics", "location", "health"]);
    await client.track(walk, properties);
    armed = true;
    await expect(client.setConsent(["analytics", "health"])).rejects.toThrow();
    const again = await start(world);
    expect(disk(world.files)).not.toContain("secret-home");
    await again.flush();
    expect(sentBy(world)).toMatchObject({ plain: { steps: 3 }, pulse: [71, 72], sway: [1, 2, 3] });
  });
});

describe("whatever somebody agreed to", () => {
  const declared = { ...walks, essential: ["analytics"] };

  test("an opt-out signal leaves what is essential", async () => {
    const world = createWorld();
    const client = await world.start({ app: declared });
    await client.setConsent(["analytics", "improve", "location"]);
    await client.track(motion, frame);
    const optedOut = await world.start({ app: declared, restrict: { optOut: true } });
    expect(optedOut.diagnostics()).toMatchObject({
      consent: ["analytics"],
      events: { pending: 0, dropped: 1 },
    });
    expect(await optedOut.track(motion, frame)).toBeNull();
    expect(await optedOut.track(walk, properties)).not.toBeNull();
    expect(disk(world.files)).not.toContain("secret-home");
    await optedOut.flush();
    expect(world.requests.at(-1)!.headers["sec-gpc"]).toBe("1");
    // The person's own choice is kept for the day when the signal is gone.
    expect((await world.start({ app: declared })).diagnostics().consent).toContain("improve");
    const nothing = await world.start({ app: walks, restrict: { optOut: true } });
    expect(nothing.diagnostics().consent).toEqual([]);
  });

  test("a minor has no lasting id and trains nothing", async () => {
    const world = createWorld();
    const installs = new Set<string>();
    const proofs = new Set<unknown>();
    for (let start = 0; start < 3; start += 1) {
      const client = await world.start({ app: walks, user: "kid", restrict: { minor: true } });
      await client.setConsent(["analytics", "improve"]);
      expect(client.diagnostics().consent).toEqual(["analytics"]);
      installs.add((await client.track(tap, { target: `t${start}` }))!.install);
      expect(await client.track(motion, frame)).toBeNull();
      // The last one's events wait for the next start.
      if (start !== 1) await client.flush();
    }
    expect(installs.size).toBe(3);
    const batches = world.requests.map(({ body }) => decodeBatch(body!, platform.text).header as Batch);
    for (const { install, proof, events } of batches) {
      expect(events.map(({ user }) => user)).toEqual([null]);
      proofs.add(proof ?? install);
    }
    expect(world.collector.events.size).toBe(3);
    expect(proofs.size).toBe(3);
  });
});

test("a grant that is overtaken by a withdrawal grants nothing", async () => {
  const world = createWorld();
  const client = await world.start();
  const first = client.setConsent(["analytics"]);
  const second = client.setConsent([]);
  await first;
  expect(await client.track(tap, { target: "secret" })).toBeNull();
  await second;
  expect(client.diagnostics().consent).toEqual([]);
  await client.flush();
  expect(world.collector.received).toEqual([]);
});
