import { createMemoryStorage } from "@tideline/device/testing";
import { expect, test } from "vitest";
import { createWorld, makeRelease, platform, tap } from "../../../test/device-fixture.ts";
import { openStateFile } from "./state-file.ts";

const EMPTY = { format: 1, list: [] as number[], map: {}, count: 0, name: "", any: null } as const;

/** What is read of a file of this content. */
async function read(content: unknown) {
  const files = new Map([["a.json", platform.text.encode(JSON.stringify(content))]]);
  const { text } = platform;
  const { get, isNew } = await openStateFile({ storage: createMemoryStorage(files), text }, "a.json", EMPTY);
  return { value: get(), isNew };
}

test("a whole file is what it is, members of later versions and all", async () => {
  const whole = { format: 1, list: [1], map: { a: 1 }, count: 2, name: "b", any: { c: 1 }, later: true };
  expect(await read(whole)).toEqual({ value: whole, isNew: false });
  expect(await read({ ...whole, any: undefined })).toMatchObject({ isNew: false });
});

test.each([
  ["missing", undefined],
  ["null", null],
  ["of another kind", true],
])("members that are %s are the empty ones, and the file counts as damaged", async (_, bad) => {
  for (const member of ["list", "map", "count", "name"] as const) {
    const whole = { format: 1, list: [1], map: { a: 1 }, count: 2, name: "b", any: 1 };
    expect(await read({ ...whole, [member]: bad })).toEqual({
      value: { ...whole, [member]: EMPTY[member] },
      isNew: true,
    });
  }
  expect(await read({ ...EMPTY, map: [] })).toEqual({ value: EMPTY, isNew: true });
});

test.each([[null], [5], [[]], ["text"], [{ format: 2, list: [1] }]])(
  "%j is no state file of this format",
  async (content) => {
    expect(await read(content)).toEqual({ value: EMPTY, isNew: true });
  },
);

test.each([
  "{}",
  "null",
  "5",
  '{"acknowledged":null,"dropped":[]}',
  '{"acknowledged":[5],"dropped":[]}',
  '{"acknowledged":[[1,1]]}',
])(
  "a phone whose queue lost what is settled (%s) begins an epoch, and sends nothing under an old number",
  async (entry) => {
    const world = createWorld();
    const client = await world.start();
    await client.setConsent(["analytics"]);
    const { install, epoch } = (await client.track(tap, { target: "a" }))!;
    await client.flush();
    await client.close();
    const content = `{"format":1,"quarantined":0,"sources":{"${install}.${epoch}":${entry},"x.1":${entry}}}`;
    world.files.set("queue.json", platform.text.encode(content));
    const again = await world.start();
    const next = await again.track(tap, { target: "b" });
    expect(next!.epoch).toBeGreaterThan(epoch);
    expect(await again.flush()).toMatchObject({ acknowledged: 1, stopped: null });
    expect(again.diagnostics().uploads.duplicates).toBe(0);
    await expect(again.eraseMe()).resolves.toMatchObject({ kind: "erase" });
  },
);

test("a phone starts over each of its files without members, and what it records is never numbered twice", async () => {
  const world = createWorld();
  world.publish(await makeRelease(1));
  const client = await world.start();
  await client.setConsent(["analytics", "improve"]);
  await client.update();
  const first = await client.track(tap, { target: "a" });
  await client.flush();
  await client.close();
  const names = [...world.files.keys()].filter((name) => name.endsWith(".json"));
  expect(names).toEqual(expect.arrayContaining(["consent.json", "identity.json", "queue.json"]));
  for (const name of names) {
    const whole = world.files.get(name)!;
    world.files.set(name, platform.text.encode('{"format":1}'));
    const again = await world.start();
    if (name === "consent.json") expect(again.diagnostics().consent).toEqual([]);
    await again.setConsent(["analytics", "improve"]);
    const next = await again.track(tap, { target: "b" });
    if (name === "queue.json") expect(next!.epoch).toBeGreaterThan(first!.epoch);
    expect(await again.flush()).toMatchObject({ acknowledged: 1, stopped: null });
    expect(again.diagnostics().uploads.duplicates).toBe(0);
    await again.close();
    if (name !== "identity.json" && name !== "queue.json") world.files.set(name, whole);
  }
});
