import { expect, test } from "vitest";
import { reportUpdates } from "@tideline/device";
import { createMemoryStorage } from "@tideline/device/testing";
import { UPDATE_EVENT, updateEvent } from "@tideline/spec";
import { app, createWorld, gait, makeRelease, tap, type StartOptions } from "../../../test/device-fixture.ts";

const update = updateEvent({ purpose: "improve", retain: "90d" });
const REPORTING: StartOptions = {
  app: { ...app, events: { ...app.events, [UPDATE_EVENT]: update } },
  wrap: reportUpdates,
};

test("after an erasure no file names the install, that of what was reported of updates neither", async () => {
  const world = createWorld();
  world.publish(await makeRelease(1));
  const client = await world.start(REPORTING);
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
async function startSlow(options: StartOptions = {}) {
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
  const client = await world.start(options, {
    storage: {
      append: slow(storage.append),
      read: slow(storage.read),
      write: async (name, bytes) => {
        // What was reported takes longest.
        await pass(name.startsWith("told-") ? 60 : 1);
        await storage.write(name, bytes);
      },
      remove: slow(remove),
      list: slow(storage.list),
    },
  });
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

test("no event of the next install names the erased one, of a prediction at any moment of the erasure neither", async () => {
  const window = new Float32Array(gait.size * gait.channels.length);
  for (const turns of MOMENTS) {
    const { world, client } = await startSlow();
    await client.setConsent(["improve"]);
    const { install } = client.diagnostics();
    const before = await client.predict(window, { session: "s", start: 0 });
    const erased = client.eraseMe();
    await pass(turns);
    const feedback = client.feedback(before.predictionId, "moving");
    const during = client.predict(window, { session: "s", start: 1 });
    await Promise.all([erased, feedback, during]);
    expect(await client.feedback(before.predictionId, "moving")).toBeNull();
    const after = await client.predict(window, { session: "s", start: 2 });
    expect(await client.feedback(after.predictionId, "moving")).not.toBeNull();
    await client.flush();
    const next = client.diagnostics().install;
    expect(next).not.toBe(install);
    const sent = [...world.collector.events].filter(([id]) => id.startsWith(next));
    expect(sent.length).toBeGreaterThanOrEqual(2);
    expect(JSON.stringify(sent)).not.toContain(install);
  }
});

test("an answer that was on its way when the person left does not stand in for one of the next person", async () => {
  const world = createWorld();
  const outputs = [{ name: "probabilities", data: [0.25, 0.75] }];
  const body = new TextEncoder().encode(JSON.stringify({ outputs }));
  let isFirst = true;
  const request = async ({ url }: { url: string }) => {
    if (!url.endsWith("/infer") || !isFirst) throw new Error("no connection");
    isFirst = false;
    await client.eraseMe();
    return { status: 200, headers: {}, body };
  };
  const client = await world.start({}, { network: { request } });
  await client.setConsent(["improve", "cloud"]);
  const window = new Float32Array(gait.size * gait.channels.length);
  const ask = async (start: number) => (await client.predict(window, { session: "s", start })).source;
  expect(await ask(0)).toBe("endpoint");
  expect(await ask(1)).toBe("rule");
});

test("no file names the install after an erasure that began at any moment of an update", async () => {
  for (let turns = 0; turns < 400; turns += 4) {
    const { world, client } = await startSlow(REPORTING);
    world.publish(await makeRelease(1));
    await client.setConsent(["improve"]);
    const { install } = client.diagnostics();
    const updated = client.update();
    await pass(turns);
    await client.eraseMe();
    await updated;
    await client.close();
    const naming = [...world.files].filter(([, bytes]) => Buffer.from(bytes).includes(install));
    expect(naming.map(([name]) => name)).toEqual([]);
  }
});

test("once an erasure is noted, an export is of the next install", async () => {
  const seen = new Set<boolean>();
  for (const turns of MOMENTS) {
    const { world, client } = await startSlow();
    world.intercept = ({ url }) =>
      url.includes("/v1/subject/")
        ? { status: 202, headers: {}, body: new TextEncoder().encode('{"request":"r","state":"accepted"}') }
        : undefined;
    const { install } = client.diagnostics();
    const erased = client.eraseMe();
    await pass(turns);
    const isNoted = client.diagnostics().requests.length > 0;
    const exported = await client.exportMe();
    if (isNoted) expect(exported.install).not.toBe(install);
    seen.add(isNoted);
    await erased;
  }
  expect(seen.size).toBe(2);
});

test("while an erasure waits for the server's answer about another one, events are recorded", async () => {
  const { world, client } = await startSlow();
  await client.eraseMe();
  let answer = (): void => {};
  const silent = new Promise<void>((resolve) => {
    answer = resolve;
  });
  let asked = 0;
  const again = await world.start(
    {},
    {
      network: {
        request: async () => {
          asked += 1;
          await silent;
          throw new Error("no connection");
        },
      },
    },
  );
  await again.setConsent(["analytics"]);
  const flushed = again.flush();
  await pass(20);
  expect(asked).toBe(1);
  const erased = again.eraseMe();
  expect(await again.track(tap, { target: "b" })).toMatchObject({ install: again.diagnostics().install });
  answer();
  await Promise.all([flushed, erased]);
});

test("a second try of an erasure that failed keeps what comes meanwhile waiting, too", async () => {
  for (const turns of MOMENTS) {
    const { client, disk } = await startSlow();
    disk.isBroken = true;
    await expect(client.eraseMe()).rejects.toMatchObject({ code: "STORAGE_FAILED" });
    disk.isBroken = false;
    const erased = client.eraseMe();
    await pass(1 + turns);
    const recorded = await client.track(tap, { target: "b" });
    await erased;
    expect(recorded!.install).toBe(client.diagnostics().install);
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
