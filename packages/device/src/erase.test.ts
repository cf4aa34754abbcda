import { expect, test } from "vitest";
import { reportUpdates } from "@tideline/device";
import { createMemoryStorage } from "@tideline/device/testing";
import { UPDATE_EVENT, updateEvent } from "@tideline/spec";
import { app, createWorld, makeRelease, tap } from "../../../test/device-fixture.ts";

test("after an erasure no file names the install, that of what was reported of updates neither", async () => {
  const world = createWorld();
  world.publish(await makeRelease(1));
  const update = updateEvent({ purpose: "improve", retain: "90d" });
  const client = await world.start({
    app: { ...app, events: { ...app.events, [UPDATE_EVENT]: update } },
    wrap: reportUpdates,
  });
  await client.setConsent(["improve"]);
  await client.update();
  const { install } = client.diagnostics();
  const naming = (): string[] =>
    [...world.files].filter(([, bytes]) => Buffer.from(bytes).includes(install)).map(([name]) => name);
  expect(naming()).toContain("told-activity.json");
  await client.eraseMe();
  await client.close();
  expect(naming()).toEqual([]);
});

/** A phone with something to erase, whose disk takes its time; `remove` may fail. */
async function startSlow() {
  const world = createWorld();
  const storage = createMemoryStorage(world.files);
  const disk = { isBroken: false };
  const slow = <Call extends (...call: never[]) => Promise<unknown>>(call: Call): Call =>
    (async (...parameters) => {
      await Promise.resolve();
      return call(...parameters);
    }) as Call;
  const remove = async (name: string): Promise<void> => {
    if (disk.isBroken) throw new Error("I/O error");
    await storage.remove(name);
  };
  const client = await world.start(
    {},
    {
      storage: {
        append: slow(storage.append),
        read: slow(storage.read),
        write: slow(storage.write),
        remove: slow(remove),
        list: slow(storage.list),
      },
    },
  );
  await client.setConsent(["analytics"]);
  await client.track(tap, { target: "a" });
  return { world, client, disk };
}

/** Moments of an erasure: so many turns of the queue of promises after its start. */
const MOMENTS = Array.from({ length: 60 }, (_, turns) => turns * 2);
const pass = async (turns: number): Promise<void> => {
  for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
};

test("consent that is withdrawn at any moment of an erasure stays so after a restart", async () => {
  for (const turns of MOMENTS) {
    const { world, client } = await startSlow();
    const erased = client.eraseMe();
    await pass(turns);
    await client.setConsent([]);
    expect(await client.track(tap, { target: "b" })).toBeNull();
    await erased;
    expect(client.diagnostics().events.pending).toBe(0);
    await client.close();
    expect((await world.start()).diagnostics().consent).toEqual([]);
  }
});

test("what is recorded or sent at any moment of an erasure is not refused, and never sent as the old install's", async () => {
  for (const turns of MOMENTS) {
    const { world, client } = await startSlow();
    const { install } = client.diagnostics();
    const erased = client.eraseMe();
    await pass(turns);
    const recorded = client.track(tap, { target: "b" });
    const flushed = client.flush();
    const identity = await recorded;
    await erased;
    if (identity!.install !== install) expect(identity!.install).toBe(client.diagnostics().install);
    const { stopped } = await flushed;
    // Before the queue of the old install is closed, a sending may begin that ends with it.
    if (identity!.install !== install) expect(stopped).toBeNull();
    await client.flush();
    const sent = [...world.collector.events.values()].map(({ properties }) => properties["target"]);
    if (identity!.install !== install) expect(sent).toContain("b");
  }
});

test("calls that waited for an erasure keep their order: what was withdrawn after it was recorded does not wait", async () => {
  for (const turns of MOMENTS) {
    const { client } = await startSlow();
    const erased = client.eraseMe();
    await pass(turns);
    const recorded = client.track(tap, { target: "secret" });
    await Promise.all([client.setConsent([]), recorded, erased]);
    expect(client.diagnostics().events.pending).toBe(0);
  }
});

test("consent that is withdrawn after an erasure failed is refused, and gone from the disk all the same", async () => {
  const { world, client, disk } = await startSlow();
  disk.isBroken = true;
  await expect(client.eraseMe()).rejects.toMatchObject({ code: "STORAGE_FAILED" });
  await expect(client.setConsent([])).rejects.toMatchObject({ code: "STORAGE_FAILED" });
  expect(client.diagnostics().consent).toEqual([]);
  expect((await world.start()).diagnostics().consent).toEqual([]);
});

test("after its end a client writes no consent: the storage is another's", async () => {
  const { world, client } = await startSlow();
  await client.close();
  await expect(client.setConsent([])).rejects.toMatchObject({ code: "STORAGE_FAILED" });
  expect((await world.start()).diagnostics().consent).toEqual(["analytics"]);
});
