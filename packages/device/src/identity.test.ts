import { concatBytes, decodeBatch, toHex, type Batch } from "@tideline/spec";
import { expect, test } from "vitest";
import { createWorld, platform, tap } from "../../../test/device-fixture.ts";
import { decodeJournal, encodeRecord } from "./journal-record.ts";

test("an install keeps its id, epoch and numbers over restarts", async () => {
  const world = createWorld();
  const client = await world.start();
  await client.setConsent(["analytics"]);
  const first = await client.track(tap, { target: "a" });
  const second = await (await world.start()).track(tap, { target: "b" });
  expect(first!.install).toMatch(/^[0-9a-f]{32}$/);
  expect(second).toEqual({ ...first, seq: 2 });
});

test("storage under another instance begins a new epoch, and two clones do not meet", async () => {
  const world = createWorld();
  const client = await world.start();
  await client.setConsent(["analytics"]);
  const first = await client.track(tap, { target: "waiting" });
  const copy = new Map(world.files);
  const ids = [];
  for (const instance of ["instance-2", "instance-3"]) {
    world.files.clear();
    for (const [name, bytes] of copy) world.files.set(name, bytes);
    const clone = await world.start({}, { instance });
    const id = await clone.track(tap, { target: `own of ${instance}` });
    expect(id).toMatchObject({ install: first!.install, seq: 1 });
    expect(id!.epoch).toBeGreaterThan(1);
    ids.push(id!.epoch);
    // What waited when the copy was made is sent under the number that it had: the server takes it once.
    await clone.flush();
  }
  expect(new Set(ids).size).toBe(2);
  expect(world.collector.events.size).toBe(3);
});

test("lost storage is a new install; a lost queue alone is a new epoch", async () => {
  const world = createWorld();
  const { install } = (await world.start()).diagnostics();
  world.files.delete("queue.json");
  expect((await world.start()).diagnostics()).toMatchObject({
    install,
    epoch: expect.not.toSatisfy((n) => n === 1),
  });
  world.files.clear();
  expect((await world.start()).diagnostics().install).not.toBe(install);
});

test("two clones and the phone that they were made of send what waited on each: the server has all of it once", async () => {
  const world = createWorld();
  const client = await world.start();
  await client.setConsent(["analytics"]);
  const recorded = new Set<string>();
  const track = async (of: typeof client, target: string): Promise<void> => {
    const { install, epoch, seq } = (await of.track(tap, { target }))!;
    recorded.add(`${install}.${epoch}.${seq}`);
  };
  for (const target of ["a", "b", "c"]) await track(client, target);
  const copy = new Map(world.files);
  // The copy waits for a month, the phone itself sends and goes on.
  await client.flush();
  await track(client, "own");
  await client.flush();
  const month = 30 * 86_400_000;
  for (const instance of ["clone-1", "clone-2"]) {
    world.files.clear();
    world.secrets.clear();
    for (const [name, bytes] of copy) world.files.set(name, bytes);
    const limits = { pendingAgeMs: 2 * month };
    const clone = await world.start({ limits }, { instance, clock: () => 1_700_000_000_000 + month });
    await track(clone, `own of ${instance}`);
    let answers = 0;
    world.intercept = (request) => {
      const answer = world.collector.answer(request);
      answers += 1;
      // The first answer of each is lost: sent again, once more.
      if (answers === 1) throw new Error("connection reset");
      return answer;
    };
    expect(await clone.flush()).toMatchObject({ pending: 0, stopped: null });
    world.intercept = null;
  }
  expect([...world.collector.events.keys()].sort()).toEqual([...recorded].sort());
  expect(world.collector.received.length).toBeGreaterThan(recorded.size);
});

test("where the secret stayed behind a new install begins; what waited goes out as the old one's, with its proof", async () => {
  const world = createWorld();
  const client = await world.start();
  await client.setConsent(["analytics"]);
  const first = await client.track(tap, { target: "waiting" });
  const secret = world.secrets.get("install-secret")!.slice(32);
  world.secrets.clear();
  const restored = await world.start({}, { instance: "another phone" });
  const own = await restored.track(tap, { target: "own" });
  expect(own).toMatchObject({ epoch: 1, seq: 1 });
  expect(own!.install).not.toBe(first!.install);
  // Once more, before anything was sent: three installs in one queue.
  world.secrets.clear();
  const again = await world.start({}, { instance: "a third phone" });
  await again.track(tap, { target: "last" });
  const sent: Batch[] = [];
  world.intercept = ({ body }) => {
    sent.push(decodeBatch(body!, platform.text).header as Batch);
    return undefined;
  };
  expect(await again.flush()).toMatchObject({ acknowledged: 3, pending: 0, stopped: null });
  expect(sent.map(({ install, epoch, events }) => [install, epoch, events[0]!.seq])).toEqual([
    [first!.install, 1, 1],
    [own!.install, 1, 1],
    [again.diagnostics().install, 1, 1],
  ]);
  expect(sent[0]!.proof).toBe(toHex(await platform.digest(secret)));
  expect(new Set(sent.map(({ proof }) => proof)).size).toBe(3);
});

test("a secret of another install is not taken for this one's", async () => {
  const world = createWorld();
  const { install } = (await world.start()).diagnostics();
  world.secrets.get("install-secret")![3]! ^= 1;
  expect((await world.start()).diagnostics().install).not.toBe(install);
});

test("each start of a minor is a new install, and what waits keeps the proof of its own", async () => {
  const world = createWorld();
  const secrets: Uint8Array[] = [];
  for (const target of ["a", "b", "c"]) {
    const client = await world.start({ restrict: { minor: true } });
    await client.setConsent(["analytics"]);
    await client.track(tap, { target });
    secrets.push(world.secrets.get("install-secret")!.slice(32));
    await client.close();
  }
  const proofs: (string | undefined)[] = [];
  world.intercept = ({ body }) => {
    proofs.push((decodeBatch(body!, platform.text).header as Batch).proof);
    return undefined;
  };
  await (await world.start({ restrict: { minor: true } })).flush();
  expect(proofs).toEqual(await Promise.all(secrets.map(async (one) => toHex(await platform.digest(one)))));
});

test("files of the version before are read: nothing is lost, and their events carry the install's proof", async () => {
  const world = createWorld();
  const client = await world.start();
  await client.setConsent(["analytics"]);
  for (const target of ["a", "b"]) await client.track(tap, { target });
  await client.close();
  // As it wrote them: no proof, no age, a source for each epoch that ever was, and records without an age.
  const write = (name: string, value: unknown): void =>
    void world.files.set(name, platform.text.encode(JSON.stringify(value)));
  const { install } = client.diagnostics();
  const [name] = [...world.files.keys()].filter((file) => file.startsWith("journal-"));
  const { records } = decodeJournal(world.files.get(name!)!, platform.text);
  const old = records.map(({ header: { recorded: _recorded, ...header }, attachment }) =>
    encodeRecord({ ...header, time: 1_000_000 }, attachment, platform.text),
  );
  world.files.set(name!.replace("-1.log", "-7.log"), concatBytes(old));
  world.files.delete(name!);
  const settled = { acknowledged: [[1, 5]], dropped: [[6, 6]] };
  const past = Object.fromEntries([1, 2, 3, 4, 5, 6].map((epoch) => [`${install}.${epoch}`, settled]));
  write("queue.json", { format: 1, quarantined: 2, sources: past });
  write("identity.json", { format: 1, install, epoch: 7, starts: 9, instance: "instance-1" });
  const again = await world.start();
  expect(again.diagnostics()).toMatchObject({
    install,
    epoch: 7,
    events: { recorded: 38, acknowledged: 30, pending: 2, dropped: 6, quarantined: 2 },
  });
  expect(await again.track(tap, { target: "c" })).toMatchObject({ seq: 3 });
  await again.flush();
  const { proof } = decodeBatch(world.requests[0]!.body!, platform.text).header as Batch;
  expect(proof).toMatch(/^[0-9a-f]{64}$/);
  expect(again.diagnostics().events).toMatchObject({ recorded: 39, acknowledged: 33, pending: 0 });
});

test("the queue's file does not grow with starts: what nothing waits of is forgotten, and stays in the counts", async () => {
  const world = createWorld();
  for (let start = 1; start <= 40; start += 1) {
    const client = await world.start({}, { instance: `page ${start}` });
    await client.setConsent(["analytics"]);
    await client.track(tap, { target: `t${start}` });
    if (start % 10 !== 0) await client.flush();
    expect(client.diagnostics().events.recorded).toBe(start);
    await client.close();
  }
  const text = platform.text.decode(world.files.get("queue.json")!);
  const { sources } = JSON.parse(text) as { sources: Record<string, unknown> };
  expect(Object.keys(sources).length).toBeLessThanOrEqual(2);
  expect(world.collector.events.size).toBe(39);
});

test("a keychain that outlives the app is no longer its next install's", async () => {
  const world = createWorld();
  await world.start();
  const first = [...world.secrets.get("install-secret")!].join();
  await world.start();
  expect([...world.secrets.get("install-secret")!].join()).toBe(first);
  // The app is removed, its keychain entry stays.
  world.files.clear();
  const { install } = (await world.start()).diagnostics();
  const second = world.secrets.get("install-secret")!;
  expect(Buffer.from(second.slice(0, 32)).toString()).toBe(install);
  expect([...second].join()).not.toBe(first);
});

test("a secure storage that fails is told by code, before anything is made up in its place", async () => {
  const world = createWorld();
  const secure = {
    read: () => Promise.reject(new Error("locked")),
    write: () => Promise.reject(new Error("locked")),
    remove: () => Promise.reject(new Error("locked")),
  };
  await expect(world.start({}, { secure })).rejects.toMatchObject({
    code: "STORAGE_FAILED",
    parts: { received: "locked" },
  });
});

test("a phone that is copied for ever keeps epochs that every reader of JSON knows", async () => {
  const world = createWorld();
  // Every start takes the largest step: 2^40.
  const random = (length: number) => new Uint8Array(length).fill(length === 5 ? 255 : 7);
  const first = await world.start({}, { instance: "original", random });
  await first.close();
  const file = "identity.json";
  const stored = JSON.parse(platform.text.decode(world.files.get(file)!)) as { epoch: number };
  stored.epoch = Number.MAX_SAFE_INTEGER - 5;
  world.files.set(file, platform.text.encode(JSON.stringify(stored)));
  const copy = await world.start({}, { instance: "copy" });
  expect(copy.diagnostics().epoch).toBe(1);
  expect(copy.diagnostics().install).not.toBe(first.diagnostics().install);
  const second = await world.start({}, { instance: "copy of the copy", random });
  expect(second.diagnostics().epoch).toBe(1 + 2 ** 40);
});
