import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "@tideline/device";
import { expect, test } from "vitest";
import { app } from "../../../../test/device-app.ts";
import { nodeExpoCrypto, nodeSecureStore } from "../../testing/node-expo.ts";
import { nodeSqlite } from "../../testing/node-sqlite.ts";
import { createExpoPorts } from "./expo-ports.ts";
import { expoSecureStorage, type ExpoSecureStore } from "./secure-storage.ts";

const SCOPE = "org.example.gym";
const NEW = `tideline.${SCOPE}.erasures`;
const bytes = Uint8Array.of(0, 1, 254, 255);

/** A keychain as the version without scopes left it. */
const former = (): Map<string, string> => new Map([["tideline.erasures", "AAH+/w=="]]);

/** The app ends with its n-th change of the keychain, before that is made. */
function dyingAt(items: Map<string, string>, n: number): ExpoSecureStore {
  const store = nodeSecureStore(items);
  let left = n;
  const orDie = <Rest extends readonly unknown[]>(change: (...rest: Rest) => Promise<void>) => {
    return (...rest: Rest): Promise<void> =>
      (left -= 1) < 0 ? Promise.reject(new Error("ended")) : change(...rest);
  };
  return { ...store, setItemAsync: orDie(store.setItemAsync), deleteItemAsync: orDie(store.deleteItemAsync) };
}

test("what stands under a key without a scope is found, and moves", async () => {
  const items = former();
  const secure = expoSecureStorage(nodeSecureStore(items), SCOPE);
  expect(await secure.read("instance")).toBeNull();
  expect(await secure.read("erasures")).toEqual(bytes);
  expect([...items.keys()]).toEqual([NEW]);
  expect(await secure.read("erasures")).toEqual(bytes);
});

test("a new value outdates the former one, and removal takes both", async () => {
  const written = former();
  await expoSecureStorage(nodeSecureStore(written), SCOPE).write("erasures", bytes.slice(0, 1));
  expect([...written]).toEqual([[NEW, "AA=="]]);

  const removed = former().set(NEW, "AA==");
  await expoSecureStorage(nodeSecureStore(removed), SCOPE).remove("erasures");
  expect(removed.size).toBe(0);
});

test("an app that ends at any change loses nothing, and nothing comes back", async () => {
  for (let n = 0; n < 3; n += 1) {
    const items = former();
    await expoSecureStorage(dyingAt(items, n), SCOPE)
      .read("erasures")
      .catch(() => undefined);
    const again = expoSecureStorage(nodeSecureStore(items), SCOPE);
    expect(await again.read("erasures")).toEqual(bytes);
    await again.write("erasures", bytes);
    expect([...items.keys()]).toEqual([NEW]);

    const both = former().set(NEW, "AA==");
    await expoSecureStorage(dyingAt(both, n), SCOPE)
      .remove("erasures")
      .catch(() => undefined);
    // The removal is either whole or has not begun to be seen.
    const seen = await expoSecureStorage(nodeSecureStore(both), SCOPE).read("erasures");
    expect(seen).toEqual(n < 2 ? bytes.slice(0, 1) : null);
  }
});

test("a phone that is updated stays the install that it was", async () => {
  const folder = await mkdtemp(join(tmpdir(), "tideline-secure-"));
  const items = new Map<string, string>();
  const install = async (): Promise<string> => {
    const modules = { scope: SCOPE, crypto: nodeExpoCrypto, secureStore: nodeSecureStore(items) };
    const { ports, close } = await createExpoPorts({ ...modules, sqlite: nodeSqlite(folder) });
    const server = { collect: "http://127.0.0.1:9", console: "http://127.0.0.1:9", writeKey: "key" };
    const client = await createClient({ app, ports, ...server, user: null });
    const { install, epoch } = client.diagnostics();
    await client.close();
    await close();
    return `${install} ${epoch}`;
  };
  const before = await install();
  for (const [key, value] of new Map(items)) {
    items.delete(key);
    items.set(key.replace(`${SCOPE}.`, ""), value);
  }
  expect(items.has("tideline.install-secret")).toBe(true);
  expect(await install()).toBe(before);
  expect([...items.keys()].every((key) => key.startsWith(`tideline.${SCOPE}.`))).toBe(true);
  await rm(folder, { recursive: true });
});
