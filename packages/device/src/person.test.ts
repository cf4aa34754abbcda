import { expect, test } from "vitest";
import { createMemoryStorage } from "@tideline/device/testing";
import { createWorld, tap } from "../../../test/device-fixture.ts";

/** A phone whose disk refuses every append while `isFull`, after a moment. */
async function startFull() {
  const world = createWorld();
  const storage = createMemoryStorage(world.files);
  const disk = { isFull: false };
  const append = async (name: string, bytes: Uint8Array): Promise<void> => {
    if (disk.isFull) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      throw new Error("disk full");
    }
    await storage.append(name, bytes);
  };
  const client = await world.start({}, { storage: { ...storage, append } });
  await client.setConsent(["analytics"]);
  const sent = async () => {
    await client.flush();
    return [...world.collector.events.values()].map(({ user, previous_user: previous }) => [user, previous]);
  };
  return { client, disk, sent };
}

test.each([
  ["another person", "carol", undefined],
  ["the same person under another id", "carol", "bob"],
  ["the same id again", "bob", undefined],
])("what could not be told of a person is not told of %s", async (_, next, previous) => {
  const { client, disk, sent } = await startFull();
  client.setUser("bob", { previous: "guest-1" });
  disk.isFull = true;
  const refused = client.track(tap, { target: "a" });
  client.setUser(next, previous === undefined ? {} : { previous });
  await expect(refused).rejects.toMatchObject({ code: "STORAGE_FAILED" });
  disk.isFull = false;
  await client.track(tap, { target: "b" });
  expect(await sent()).toEqual([[next, previous]]);
});

test("what could not be told is told by the next event of the same person, once", async () => {
  const { client, disk, sent } = await startFull();
  client.setUser("bob", { previous: "guest-1" });
  disk.isFull = true;
  await expect(client.track(tap, { target: "a" })).rejects.toMatchObject({ code: "STORAGE_FAILED" });
  disk.isFull = false;
  await client.track(tap, { target: "b" });
  await client.track(tap, { target: "c" });
  expect(await sent()).toEqual([
    ["bob", "guest-1"],
    ["bob", undefined],
  ]);
});
