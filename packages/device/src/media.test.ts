import { beforeEach, expect, test } from "vitest";
import { createWorld, platform, type World } from "../../../test/device-fixture.ts";
import type { Client } from "./client.ts";
import { createMedia, type Media } from "./media.ts";

let world: World;
let client: Client;
let media: Media;
const photo = Uint8Array.from({ length: 300 }, (_, index) => (index * 7) % 256);
const about = { type: "image/jpeg", purpose: "improve" };

const open = (maxBytes = 1000): Media =>
  createMedia({
    client,
    ports: { ...platform, storage: world.storage(), clock: () => 1_700_000_000_000 },
    maxBytes,
  });
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

test("without consent nothing is kept; what was kept for a withdrawn purpose goes", async () => {
  await client.setConsent(["improve"]);
  expect(await media.put(photo, { ...about, purpose: "analytics" })).toBeNull();
  const { sha256 } = (await media.put(photo, about))!;
  await client.setConsent(["analytics"]);
  await media.sweep();
  expect(await media.read(sha256)).toBeNull();
  expect(await media.list()).toEqual([]);
});

test("there is only so much room, and what is no media type or purpose is refused", async () => {
  await media.put(photo, about);
  await media.put(photo.slice(1), about);
  await media.put(photo.slice(2), about);
  await expect(media.put(photo.slice(3), about)).rejects.toMatchObject({ code: "BUDGET_SPENT" });
  expect(await media.put(photo, about)).not.toBeNull();
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
