import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { createClient, type Network } from "@tideline/device";
import { createMemoryPorts } from "@tideline/device/testing";
import { readLog } from "@tideline/pipeline";
import { defineApp, event, t, type AppDefinition } from "@tideline/spec";
import { compareApps, isCompatible } from "@tideline/spec/compatibility";
import { expect, test } from "vitest";
import { openIngest } from "../packages/pipeline/src/ingest/open-ingest.ts";
import { app as small } from "./device-app.ts";
import { platform } from "./device-fixture.ts";

const withTap = (tap: AppDefinition["events"][string]): AppDefinition =>
  defineApp({ ...small, events: [...Object.values(small.events).filter(({ name }) => name !== "tap"), tap] });

/** As an app of some years ago declared it. */
const oldTap = event("tap", { button: t.string() }, { purpose: "analytics", retain: "90d" });
const old = withTap(oldTap);
const fields = { target: t.string(), screen: t.string(), side: t.optional(t.string()) } as const;
const upgrade = { rename: { button: "target" }, defaults: { screen: "unknown" } };
const newer = withTap(
  event("tap", fields, {
    purpose: "analytics",
    retain: "90d",
    version: 2,
    previous: [{ version: 1, fields: oldTap.fields, upgrade }],
  }),
);
const careless = withTap(event("tap", fields, { purpose: "analytics", retain: "90d" }));

const network: Network = {
  request: async ({ method, url, headers, body }) => {
    const answer = await fetch(url, {
      method,
      headers,
      ...(body === undefined ? {} : { body: body as Uint8Array<ArrayBuffer> }),
    });
    return {
      status: answer.status,
      headers: Object.fromEntries(answer.headers),
      body: new Uint8Array(await answer.arrayBuffer()),
    };
  },
};

/** What a server of a definition stores of two taps of an old phone. */
async function serve(app: AppDefinition) {
  const folder = await mkdtemp(join(tmpdir(), "tideline-old-phone-"));
  const ingest = await openIngest(
    app,
    {
      folder,
      epoch: 1,
      appModule: "",
      port: 0,
      writeKeys: ["key"],
      pseudonymKey: new Uint8Array(32),
      clock: null,
    },
    { onDurable: () => undefined, onFault: (error) => expect.unreachable(error.message) },
  );
  const gzip = (bytes: Uint8Array) => Promise.resolve(new Uint8Array(gzipSync(bytes)));
  const phone = await createClient({
    app: old,
    ports: createMemoryPorts(platform, { network, gzip }),
    collect: ingest.address,
    console: ingest.address,
    writeKey: "key",
    user: "ada",
  });
  await phone.setConsent(["analytics"]);
  await phone.track(oldTap, { button: "save" });
  await phone.track(oldTap, { button: "x".repeat(256) });
  await phone.flush();
  await phone.close();
  await ingest.close();
  const stored = [];
  const refused = [];
  for await (const { record } of readLog(folder, null)) {
    stored.push(...record.events);
    refused.push(...record.quarantined);
  }
  await rm(folder, { recursive: true });
  return { stored, refused };
}

test("a phone with the old schema keeps working where check says that the change is compatible", async () => {
  expect(isCompatible(compareApps(old, newer))).toBe(true);
  const { stored, refused } = await serve(newer);
  expect(refused).toEqual([]);
  expect(
    stored.map(({ version, sent_version, properties }) => ({ version, sent_version, properties })),
  ).toEqual([
    { version: 2, sent_version: 1, properties: { target: "save", screen: "unknown" } },
    { version: 2, sent_version: 1, properties: { target: "x".repeat(256), screen: "unknown" } },
  ]);
});

test("where check says that it breaks old phones, the server refuses what they send", async () => {
  expect(isCompatible(compareApps(old, careless))).toBe(false);
  const { stored, refused } = await serve(careless);
  expect(stored).toEqual([]);
  expect(refused).toHaveLength(2);
});
