import { expect, test } from "vitest";
import { createWorld, tap } from "../../../test/device-fixture.ts";

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
