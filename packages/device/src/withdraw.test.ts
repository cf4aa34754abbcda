import { expect, test } from "vitest";
import { createWorld, gait, tap } from "../../../test/device-fixture.ts";
import { createBudget } from "./budget.ts";

/** A gate that holds writes of a file back. */
function gate() {
  let open = (): void => undefined;
  let reached = (): void => undefined;
  const waits = new Promise<void>((resolve) => (open = resolve));
  const isReached = new Promise<void>((resolve) => (reached = resolve));
  return { open: () => open(), reached: isReached, pass: () => (reached(), waits) };
}

/** A phone whose budget waits for its storage while `isHeld`. */
function createHeld() {
  const world = createWorld();
  const held = gate();
  const budget = createBudget();
  const hold = { isHeld: false };
  const storage = {
    append: (name: string, bytes: Uint8Array) => world.storage().append(name, bytes),
    read: (name: string) => world.storage().read(name),
    remove: (name: string) => world.storage().remove(name),
    list: (prefix: string) => world.storage().list(prefix),
    write: async (name: string, bytes: Uint8Array) => {
      if (hold.isHeld && name === "budget.json") await held.pass();
      await world.storage().write(name, bytes);
    },
  };
  return { world, held, budget, hold, storage };
}

test.each([
  ["to leave the phone", ["improve"]],
  ["to the model", ["cloud"]],
  ["to anything", []],
])("a window that waits for the budget's storage is not sent once consent %s is gone", async (_, left) => {
  const { world, held, budget, hold, storage } = createHeld();
  const client = await world.start({ budget }, { storage });
  await client.setConsent(["improve", "cloud"]);
  hold.isHeld = true;
  const window = new Float32Array(gait.size * gait.channels.length);
  const asked = client.predict(window, { session: "s", start: 0 });
  await held.reached;
  await client.setConsent(left);
  hold.isHeld = false;
  held.open();
  expect(await asked).toMatchObject({
    source: "rule",
    reason: expect.stringContaining("cloud:CONSENT_MISSING"),
  });
  expect(world.requests).toEqual([]);
});

test.each(["consent", "erasure", "close"])(
  "a batch that waits for the budget's storage is not sent once a %s has come",
  async (kind) => {
    const { world, held, budget, hold, storage } = createHeld();
    const client = await world.start({ budget }, { storage });
    await client.setConsent(["analytics"]);
    await client.track(tap, { target: "secret" });
    const { spent } = budget.status();
    hold.isHeld = true;
    const flushed = client.flush();
    await held.reached;
    if (kind === "consent") await client.setConsent([]);
    else if (kind === "close") await client.close();
    else void client.eraseMe().catch(() => undefined);
    // An erasure asks the server, for which the budget writes, too.
    await new Promise((resolve) => setTimeout(resolve, 20));
    hold.isHeld = false;
    held.open();
    await flushed;
    expect(world.requests.filter(({ url }) => url.endsWith("/v1/batch"))).toEqual([]);
    expect(budget.status().spent.uploadBytes).toBeLessThanOrEqual(spent.uploadBytes + 200);
  },
);
