import { createServer, type Server } from "node:http";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { createClient, type Client } from "@tideline/device";
import { createMemoryCollector } from "@tideline/device/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { app, tap } from "../../../../test/device-app.ts";
import { movableConditions, nodeExpoCrypto, nodeSecureStore } from "../../testing/node-expo.ts";
import { nodeFileSystem } from "../../testing/node-file-system.ts";
import { nodeSqlite } from "../../testing/node-sqlite.ts";
import type { FetchFunction } from "../network/fetch-network.ts";
import { utf8 } from "../utf8.ts";
import { createExpoPorts, type ExpoModules, type ExpoPorts } from "./expo-ports.ts";

const collector = createMemoryCollector(utf8);
let server: Server;
let base: string;
const folders: string[] = [];

beforeAll(async () => {
  server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const body = new Uint8Array(gunzipSync(Buffer.concat(parts)));
    const answer = collector.answer({
      method: "POST",
      url: "",
      headers: {},
      timeoutMs: 1,
      maxBytes: 1,
      body,
    });
    response.end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  base = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await Promise.all(folders.map((folder) => rm(folder, { recursive: true })));
});

const fresh = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), "tideline-expo-ports-"));
  folders.push(folder);
  return folder;
};

const fetchOfNode = fetch as unknown as FetchFunction;
const modulesOf = (items: Map<string, string>, more: Partial<ExpoModules>): ExpoModules => ({
  scope: "org.example.gym",
  crypto: nodeExpoCrypto,
  secureStore: nodeSecureStore(items),
  fetch: fetchOfNode,
  ...more,
});

const start = ({ ports }: ExpoPorts): Promise<Client> =>
  createClient({
    app,
    ports,
    collect: base,
    console: base,
    writeKey: "key",
    user: "ada",
  });

test.each(["sqlite", "fileSystem"] as const)(
  "a client over %s records, is started again, sends, and is itself",
  async (kind) => {
    const folder = await fresh();
    const items = new Map<string, string>();
    const storage = (): Partial<ExpoModules> =>
      kind === "sqlite" ? { sqlite: nodeSqlite(folder) } : { fileSystem: nodeFileSystem(folder) };
    const first = await createExpoPorts(modulesOf(items, storage()));
    expect(first.durability).toBe(kind === "sqlite" ? "power-loss" : "process-end");
    const client = await start(first);
    await client.setConsent(["improve", "analytics"]);
    const identity = await client.track(tap, { target: "ünï" });
    await client.close();
    await first.close();

    const second = await createExpoPorts(modulesOf(items, storage()));
    expect(second.ports.instance).toBe(first.ports.instance);
    const again = await start(second);
    expect(await again.flush()).toMatchObject({ pending: 0, stopped: null });
    expect([...collector.events.keys()]).toContain(
      `${identity!.install}.${identity!.epoch}.${identity!.seq}`,
    );
    await again.close();
    await second.close();
  },
);

test.each(["sqlite", "fileSystem"] as const)(
  "over %s, files without their keychain and a keychain without its files are each a new install",
  async (kind) => {
    const [folder, other] = [await fresh(), await fresh()];
    const open = (items: Map<string, string>, place: string) =>
      createExpoPorts(
        modulesOf(
          items,
          kind === "sqlite" ? { sqlite: nodeSqlite(place) } : { fileSystem: nodeFileSystem(place) },
        ),
      );
    const items = new Map<string, string>();
    const first = await open(items, folder);
    const client = await start(first);
    await client.setConsent(["improve", "analytics"]);
    const waiting = await client.track(tap, { target: "waits" });
    await client.close();
    await first.close();

    // iOS keeps the keychain of an app that was removed: the app that is installed again finds it, and no file.
    const reinstalled = await open(new Map(items), other);
    const anew = await start(reinstalled);
    expect(anew.diagnostics().install).not.toBe(waiting!.install);
    expect(anew.diagnostics()).toMatchObject({ epoch: 1, consent: [] });
    await anew.close();
    await reinstalled.close();

    // Android's backup brings files back, and no key of the keystore: entries without theirs count as none.
    const restored = await open(new Map(), folder);
    const cloned = await start(restored);
    const { install } = cloned.diagnostics();
    expect([waiting!.install, anew.diagnostics().install]).not.toContain(install);
    const own = await cloned.track(tap, { target: "own" });
    expect(own).toEqual({ install, epoch: 1, seq: 1 });
    expect(await cloned.flush()).toMatchObject({ acknowledged: 2, pending: 0 });
    const keyOf = (of: typeof own): string => `${of!.install}.${of!.epoch}.${of!.seq}`;
    // What waited goes out as what it was.
    expect([...collector.events.keys()]).toEqual(expect.arrayContaining([keyOf(waiting), keyOf(own)]));
    await cloned.close();
    await restored.close();
  },
);

test("the ports are whole, and conditions follow the platform until they are closed", async () => {
  const moved = movableConditions({
    network: { type: "WIFI", isConnected: true },
    battery: 1,
    app: "active",
  });
  const { network, battery, appState } = moved;
  const sqlite = nodeSqlite(await fresh());
  const { ports, close } = await createExpoPorts(
    modulesOf(new Map(), { sqlite, network, battery, appState }),
  );
  expect(ports.conditions!()).toEqual({ network: "unmetered", charging: false, foreground: true });
  moved.moveNetwork({ type: "CELLULAR", isConnected: true, isInternetReachable: true });
  moved.moveBattery(3);
  moved.moveApp("background");
  expect(ports.conditions!()).toEqual({ network: "metered", charging: true, foreground: false });
  moved.moveNetwork({ type: "WIFI", isConnected: true, isInternetReachable: false });
  moved.moveBattery(0);
  expect(ports.conditions!()).toMatchObject({ network: "none", charging: null });

  expect(ports.random(3000)).toHaveLength(3000);
  expect(new Set(ports.random(3000)).size).toBeGreaterThan(200);
  const digest = await ports.digest(new Uint8Array([0, 97, 98, 99]).subarray(1));
  expect(Buffer.from(digest).toString("hex")).toMatch(/^ba7816bf/);
  const before = ports.monotonic();
  await ports.timer.wait(5);
  expect(ports.monotonic()).toBeGreaterThan(before);
  expect(ports.runtimes.map(({ name, tier }) => `${name} ${tier}`)).toEqual(["table portable"]);
  expect(moved.subscriptions()).toBe(3);
  await close();
  expect(moved.subscriptions()).toBe(0);
});

test("two apps over one keychain are two installs that stay themselves", async () => {
  const items = new Map<string, string>();
  const installs: string[] = [];
  const folders = { "org.example.gym": await fresh(), "org.example.gym.beta": await fresh() };
  for (let round = 0; round < 2; round += 1) {
    for (const [scope, folder] of Object.entries(folders)) {
      const opened = await createExpoPorts(modulesOf(items, { scope, sqlite: nodeSqlite(folder) }));
      const client = await start(opened);
      installs.push(client.diagnostics().install);
      await client.close();
      await opened.close();
    }
  }
  expect(installs.slice(2)).toEqual(installs.slice(0, 2));
  expect(installs[0]).not.toBe(installs[1]);
  // An app in JavaScript may forget it.
  for (const scope of ["", undefined as unknown as string]) {
    const none = createExpoPorts(modulesOf(items, { scope, sqlite: nodeSqlite(await fresh()) }));
    await expect(none).rejects.toThrow(/scope.*bundle identifier/s);
  }
});

test("without a module for the storage it says what to install; a locked keychain is no empty one", async () => {
  await expect(createExpoPorts(modulesOf(new Map(), {}))).rejects.toThrow(/expo-sqlite or expo-file-system/);
  const locked = { ...nodeSecureStore(new Map()), getItemAsync: () => Promise.reject(new Error("locked")) };
  const modules = modulesOf(new Map(), { sqlite: nodeSqlite(await fresh()), secureStore: locked });
  await expect(createExpoPorts(modules)).rejects.toThrow("locked");
});

test("a module that fails leaves its part of the conditions unknown", async () => {
  const { appState, battery } = movableConditions({ network: {}, battery: 2, app: "background" });
  const network = {
    getNetworkStateAsync: () => Promise.reject(new Error("no permission")),
    addNetworkStateListener: () => ({ remove: () => {} }),
  };
  const sqlite = nodeSqlite(await fresh());
  const { ports, close } = await createExpoPorts(
    modulesOf(new Map(), { sqlite, network, battery, appState }),
  );
  expect(ports.conditions!()).toEqual({ network: "unknown", charging: true, foreground: false });
  await close();
});
