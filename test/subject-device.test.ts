import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { createClient, createModels, type Client } from "@tideline/device";
import { createMemoryPorts, createMemoryStorage } from "@tideline/device/testing";
import { releasePorts, verifyReceipt } from "@tideline/pipeline";
import { fromBase64, type Envelope, type RootMetadata } from "@tideline/spec";
import { afterAll, beforeAll, expect, test } from "vitest";
import { nodeNetwork } from "../apps/fleet/src/adapter/node-network.ts";
import { scanFolder } from "../packages/pipeline/src/subject/testing/scan-folder.ts";
import { app } from "./subject/canary-app.ts";
import { serveCanaries, type ServeProcess } from "./subject/serve-process.ts";

const work = mkdtempSync(join(tmpdir(), "tideline-subject-device-"));
const folder = join(work, "folder");
let server: ServeProcess;

beforeAll(async () => {
  server = await serveCanaries(folder, work);
}, 60_000);

afterAll(async () => {
  await server.stop();
  rmSync(work, { recursive: true, force: true });
});

/** The root that the server's console offers, as an app pins it. */
async function pinnedRoot(): Promise<RootMetadata> {
  const [first] = (await (await fetch(`${server.console}/v1/root`)).json()) as readonly Envelope[];
  return JSON.parse(Buffer.from(fromBase64(first!.payload)).toString("utf8")) as RootMetadata;
}

test("a real client asks a real server for what it holds, and to forget it", async () => {
  const root = await pinnedRoot();
  const network = nodeNetwork();
  const client = await createClient({
    app,
    ports: createMemoryPorts(releasePorts, {
      network,
      clock: Date.now,
      gzip: async (bytes) => new Uint8Array(gzipSync(bytes)),
    }),
    collect: server.collect,
    console: server.console,
    writeKey: server.writeKey,
    user: "device-user",
    models: createModels({ root, channel: "stable", environment: "development" }),
  });
  await client.setConsent(["research"]);
  const said = {
    text: "canary-of-a-device",
    code: "c",
    amount: 1,
    ratio: 1,
    flag: true,
    at: 1,
    spot: [1, 2, 3],
  };
  await client.track(app.events["note"]!, said);
  await client.flush();
  const { install } = client.diagnostics();

  await expect
    .poll(async () => (await client.exportMe()).state, { timeout: 20_000, interval: 300 })
    .toBe("done");
  const { url, headers } = await client.exportMe();
  const text = await (await fetch(`${url}/export`, { headers })).text();
  expect(text).toContain("canary-of-a-device");
  expect(text.trimEnd().split("\n").at(-1)).toContain('"kind":"end"');

  const asked = await client.eraseMe();
  expect(asked).toMatchObject({ kind: "erase", install });
  expect(client.diagnostics().install).not.toBe(install);
  await expect
    .poll(
      async () => {
        await client.flush();
        return client.diagnostics().requests;
      },
      { timeout: 30_000, interval: 300 },
    )
    .toEqual([expect.objectContaining({ install, state: "done" })]);
  expect(await scanFolder(folder, { canary: "canary-of-a-device", install })).toEqual([]);
  const told = (await (await fetch(asked.url!, { headers: asked.headers })).json()) as { receipt: Envelope };
  await expect(verifyReceipt(told.receipt, [root], releasePorts)).resolves.toMatchObject({
    removed: { log: { events: 1 } },
  });

  await client.track(app.events["note"]!, { ...said, text: "said by the new install" });
  await client.flush();
  await expect
    .poll(() => scanFolder(folder, { fresh: "said by the new install" }), { timeout: 10_000 })
    .toEqual(expect.arrayContaining([expect.stringContaining("fresh in l")]));
  await client.close();
});

test("a restored phone without its secret exports and erases what it sent itself; one that sent nothing is done at once", async () => {
  const files = new Map<string, Uint8Array>();
  const start = (instance: string) =>
    createClient({
      app,
      ports: createMemoryPorts(releasePorts, {
        network: nodeNetwork(),
        clock: Date.now,
        instance,
        storage: createMemoryStorage(files),
        random: (length) => new Uint8Array(randomBytes(length)),
        gzip: async (bytes) => new Uint8Array(gzipSync(bytes)),
      }),
      collect: server.collect,
      console: server.console,
      writeKey: server.writeKey,
      user: "restored-user",
    });
  const note = async (client: Client, text: string): Promise<void> => {
    const rest = { code: "c", amount: 1, ratio: 1, flag: true, at: 1, spot: [1, 2, 3] };
    await client.track(app.events["note"]!, { text, ...rest });
    await client.flush();
  };
  const ends = (client: Client, install: string) =>
    expect.poll(
      async () => {
        await client.flush();
        return client.diagnostics().requests.find((request) => request.install === install)?.state;
      },
      { timeout: 20_000, interval: 300 },
    );

  const old = await start("old phone");
  await old.setConsent(["research"]);
  await note(old, "said-on-the-old-phone");
  // The backup has the files; the secret stayed behind.
  const restored = await start("new phone");
  expect(restored.diagnostics().install).not.toBe(old.diagnostics().install);
  await note(restored, "said-on-the-new-phone");
  await expect
    .poll(async () => (await restored.exportMe()).state, { timeout: 20_000, interval: 300 })
    .toBe("done");
  const { url, headers } = await restored.exportMe();
  const text = await (await fetch(`${url}/export`, { headers })).text();
  expect(text).toContain("said-on-the-new-phone");
  expect(text).not.toContain("said-on-the-old-phone");

  const { install } = restored.diagnostics();
  await restored.eraseMe();
  const unsent = restored.diagnostics().install;
  await restored.eraseMe();
  await ends(restored, install).toBe("done");
  await ends(restored, unsent).toBe("done");
  const about = await scanFolder(folder, { gone: "said-on-the-new-phone", stays: "said-on-the-old-phone" });
  expect(about.some((line) => line.startsWith("gone"))).toBe(false);
  expect(about.some((line) => line.startsWith("stays"))).toBe(true);
  await restored.close();
}, 60_000);
