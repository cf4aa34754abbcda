import { defineApp, event, t } from "@tideline/spec";
import { beforeEach, expect, test } from "vitest";
import { app, createWorld, platform, type World } from "../../../test/device-fixture.ts";
import type { Client } from "./client.ts";
import { createMedia, type Media, type MediaOptions } from "./media.ts";

let world: World;
let client: Client;
let media: Media;
const photo = Uint8Array.from({ length: 300 }, (_, index) => (index * 7) % 256);
const about = { type: "image/jpeg", purpose: "improve" };

let now = 1_700_000_000_000;
const open = (limits: Partial<MediaOptions> = {}): Media =>
  createMedia({
    client,
    ports: { ...platform, storage: world.storage(), clock: () => now },
    maxBytes: 1000,
    ...limits,
  });
const kept = () => [...world.files.keys()].filter((name) => /^media-[0-9a-f]{64}$/.test(name));
beforeEach(async () => {
  world = createWorld();
  client = await world.start();
  await client.setConsent(["improve", "analytics"]);
  media = open();
});

test("bytes are kept once under their digest, and read back whole, also after a restart", async () => {
  const sha256 = Buffer.from(await platform.digest(photo)).toString("hex");
  expect(await media.put(photo, about)).toEqual({ sha256, bytes: 300, type: "image/jpeg" });
  expect(await media.put(photo.slice(), { ...about, purpose: "analytics" })).toMatchObject({ sha256 });
  expect(await open().read(sha256)).toEqual(photo);
  expect(await open().list()).toEqual([
    { sha256, bytes: 300, type: "image/jpeg", time: 1_700_000_000_000, purposes: ["improve", "analytics"] },
  ]);
  await media.remove(sha256);
  expect([...world.files.keys()].filter((name) => name.includes(sha256))).toEqual([]);
  expect(await media.read(sha256)).toBeNull();
});

test("damaged bytes are not handed out, and are mended when they are put in again", async () => {
  const { sha256 } = (await media.put(photo, about))!;
  world.files.get(`media-${sha256}`)![5]! ^= 1;
  expect(await media.read(sha256)).toBeNull();
  await media.put(photo, about);
  expect(await media.read(sha256)).toEqual(photo);
});

test("without consent nothing is kept; what was kept for a withdrawn purpose is not there for the next call", async () => {
  await client.setConsent(["improve"]);
  expect(await media.put(photo, { ...about, purpose: "analytics" })).toBeNull();
  const { sha256 } = (await media.put(photo, about))!;
  await client.setConsent(["analytics"]);
  expect(await media.read(sha256)).toBeNull();
  expect(kept()).toEqual([]);
  expect(await media.list()).toEqual([]);
  // Whoever consents again does not get them back.
  await client.setConsent(["improve", "analytics"]);
  expect(await media.read(sha256)).toBeNull();
});

test("a withdrawal whose sweep never came is made up for at the next start, without a call", async () => {
  await media.put(photo, about);
  await client.setConsent([]);
  expect(kept()).toHaveLength(1);
  open();
  await expect.poll(kept).toEqual([]);
});

test("a withdrawal while bytes are being put in wins", async () => {
  const storage = world.storage();
  const slow = createMedia({
    client,
    ports: {
      ...platform,
      clock: () => now,
      storage: {
        ...storage,
        write: async (name: string, bytes: Uint8Array) => {
          if (/^media-[0-9a-f]{64}$/.test(name)) await client.setConsent(["analytics"]);
          await storage.write(name, bytes);
        },
      },
    },
  });
  expect(await slow.put(photo, about)).toBeNull();
  expect(kept()).toEqual([]);
});

test("an erasure while bytes are being put in leaves none behind", async () => {
  const storage = world.storage();
  const slow = createMedia({
    client,
    ports: {
      ...platform,
      clock: () => now,
      storage: {
        ...storage,
        write: async (name: string, bytes: Uint8Array) => {
          if (/^media-[0-9a-f]{64}$/.test(name)) {
            await client.eraseMe();
            await client.setConsent(["improve"]);
          }
          await storage.write(name, bytes);
        },
      },
    },
  });
  expect(await slow.put(photo, about)).toBeNull();
  expect(await slow.list()).toEqual([]);
  open();
  await expect.poll(kept).toEqual([]);
});

test("what is past its age goes", async () => {
  media = open({ maxAge: 1000 });
  const { sha256 } = (await media.put(photo, about))!;
  now += 1000;
  expect(await media.read(sha256)).toEqual(photo);
  now += 1;
  expect(await media.read(sha256)).toBeNull();
  expect(kept()).toEqual([]);
});

test("bytes that no list names are removed at the start", async () => {
  await media.put(photo, about);
  world.files.delete("media-index.json");
  const again = open();
  expect(await again.list()).toEqual([]);
  expect(kept()).toEqual([]);
});

const meal = event(
  "meal",
  {
    photo: t.media({ types: ["image/jpeg"], maxBytes: 300 }),
    sound: t.forPurpose("analytics", t.media({ types: ["image/jpeg"], maxBytes: 300 })),
    samples: t.frame({ channels: ["x"], units: ["g"], rate: 8 }),
  },
  { purpose: "improve", retain: "1d" },
);

test("an event carries what put gave, as JSON, and a field of a withdrawn purpose goes", async () => {
  const food = defineApp({ name: "food", purposes: app.purposes, events: [meal], views: [], models: [] });
  const eater = await world.start({ app: food });
  await eater.setConsent(["improve", "analytics"]);
  const reference = (await media.put(photo, about))!;
  const samples = { samples: 2, values: new Float32Array([1, 2]) };
  await eater.track(meal, { photo: reference, sound: reference, samples });
  await eater.track(meal, { photo: reference, samples });
  await expect(eater.track(meal, { photo: { ...reference, bytes: 301 }, samples })).rejects.toMatchObject({
    code: "FIELD_INVALID",
    message: expect.stringContaining("received 301"),
  });
  await eater.setConsent(["improve"]);
  expect((await eater.flush()).acknowledged).toBe(2);
  const sent = [...world.collector.events.values()].map(({ properties }) => properties);
  expect(sent).toEqual([
    { photo: reference, samples: { offset: 0, samples: 2 } },
    { photo: reference, samples: { offset: 8, samples: 2 } },
  ]);
});

test("there is only so much room, and what is no media type or purpose is refused", async () => {
  await media.put(photo, about);
  await media.put(photo.slice(1), about);
  await media.put(photo.slice(2), about);
  await expect(media.put(photo.slice(3), about)).rejects.toMatchObject({ code: "BUDGET_SPENT" });
  expect(await media.put(photo, about)).not.toBeNull();
  await expect(open({ maxItems: 3 }).put(photo.slice(9), about)).rejects.toMatchObject({
    code: "BUDGET_SPENT",
  });
  for (const bytes of [new Uint8Array(), photo]) {
    await expect(open({ maxItemBytes: 299 }).put(bytes, about)).rejects.toMatchObject({
      code: "ARGUMENT_INVALID",
      message: expect.stringContaining(`received ${bytes.length}`),
    });
  }
  for (const type of ["image", "image/", "Image/PNG", "image/png; a=b", "../x"]) {
    await expect(media.put(photo, { ...about, type })).rejects.toMatchObject({ code: "ARGUMENT_INVALID" });
  }
  await expect(media.put(photo, { ...about, purpose: "toString" })).rejects.toMatchObject({
    code: "ARGUMENT_INVALID",
  });
});

test("an erasure takes them along", async () => {
  await media.put(photo, about);
  await client.eraseMe();
  expect([...world.files.keys()].filter((name) => name.startsWith("media-"))).toEqual([]);
  expect(await media.list()).toEqual([]);
});

test("a process that dies between the index and the bytes leaves nothing behind for ever", async () => {
  world.storage().fillUpAfter(250);
  await expect(media.put(photo, about)).rejects.toThrow();
  world.storage().fillUpAfter(1e6);
  const [half] = await media.list();
  expect(await media.read(half?.sha256 ?? "none")).toBeNull();
  expect(await media.put(photo, about)).not.toBeNull();
  expect(await media.list()).toHaveLength(1);
});
