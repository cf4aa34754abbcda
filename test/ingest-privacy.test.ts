import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  compact,
  loadApp,
  openCatalog,
  openEngine,
  ownFolder,
  readLogs,
  tableOf,
  tableSql,
  writerEnds,
  type Snapshot,
} from "@tideline/pipeline";
import type { Acknowledgement } from "@tideline/spec";
import { afterEach, beforeEach, expect, test } from "vitest";
import { batchOf, bytesOf, tapOf } from "./ingest/client.ts";
import { runServer } from "./ingest/run-server.ts";

/** What a person's content looks like: found nowhere but where the person agreed. */
const CANARY = "canary_7d1f09";
/** Where the client is: an address of loopback that nothing else has, and one that a proxy claims. */
const CLIENT = process.platform === "linux" ? "127.77.13.9" : "127.0.0.1";
const CLAIMED = "203.0.113.77";

const appModule = new URL("../examples/activity/app.ts", import.meta.url).pathname;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tideline-privacy-"));
});
afterEach(() => rm(folder, { recursive: true }));

/** Posts a body as a client that tells a lot about itself. */
function send(
  address: string,
  body: Uint8Array | string,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ status: number; answer: Acknowledgement }> {
  return new Promise((resolve, reject) => {
    const options = {
      method: "POST",
      localAddress: CLIENT,
      headers: {
        authorization: "Bearer test-write-key",
        "user-agent": `agent-${CANARY}`,
        "x-forwarded-for": CLAIMED,
        forwarded: `for=${CLAIMED}`,
        "x-real-ip": CLAIMED,
        cookie: `id=${CANARY}`,
        referer: `https://example.com/${CANARY}`,
        ...headers,
      },
    };
    const posting = request(`${address}/v1/batch?${CANARY}`, options, (response) => {
      let text = "";
      response.on("data", (chunk: Buffer) => (text += chunk.toString()));
      response.on("end", () =>
        resolve({ status: response.statusCode!, answer: JSON.parse(text) as Acknowledgement }),
      );
    });
    posting.on("error", reject).end(body);
  });
}

/** Every value of every table of a snapshot, as text. */
async function lakeText(snapshot: Snapshot): Promise<string> {
  const engine = await openEngine({ temporary: join(folder, "temporary") });
  try {
    let text = "";
    for (const table of Object.keys(snapshot.manifest.tables)) {
      const names = tableOf(snapshot, table).columns.map(({ name }) => `"${name}"::varchar as "${name}"`);
      const columns = await engine.columns(`select ${names.join(", ")} from ${tableSql(snapshot, table)}`);
      text += JSON.stringify(columns);
    }
    return text;
  } finally {
    await engine.close();
  }
}

/** All bytes of all files of a folder. */
async function diskText(): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  expect(files.length).toBeGreaterThan(3);
  return (await Promise.all(files.map((file) => readFile(file, "latin1")))).join("\n");
}

/** Sends to a server of its own, compacts, and gives everything that is left on disk and on the terminal. */
async function remainsOf(
  work: (address: string) => Promise<void>,
): Promise<{ text: string; snapshot: Snapshot }> {
  const owner = await ownFolder(folder, { command: "test" });
  const catalog = await openCatalog(folder, { epoch: owner.epoch });
  const server = await runServer({ folder, epoch: owner.epoch });
  try {
    await work(server.address);
    const { status, lines, errors } = await server.stop();
    expect(status).toBe(0);
    const app = await loadApp(appModule);
    const end = { epoch: owner.epoch + 1, segment: 0, offset: 0 };
    const to = { log: end, logs: await writerEnds(folder) };
    const read = (log: typeof end | null) => readLogs(folder, { log }, to);
    const { snapshot } = await compact({ owner, catalog, app, clock: Date.now, read });
    const text = [await diskText(), await lakeText(snapshot!), lines.join("\n"), errors].join("\n");
    return { text, snapshot: snapshot! };
  } finally {
    server.kill();
    await catalog.close();
    owner.release();
  }
}

const target = { target: CANARY, screen: CANARY };
const codesOf = ({ quarantined }: Acknowledgement) => quarantined.map(({ code }) => code);

test("plain JSON of a client that says nothing of consent leaves a number and a code, and nothing of its content", async () => {
  const { text, snapshot } = await remainsOf(async (address) => {
    const { consent: _none, ...silent } = tapOf(1, { properties: target, user: CANARY });
    const events = [
      silent,
      { ...silent, seq: 2, consent: null },
      { ...silent, seq: 3, consent: [] },
      { ...silent, seq: 4, consent: "analytics" },
      { ...silent, seq: 5, name: CANARY },
      { ...silent, seq: 6, consent: { analytics: true } },
      { ...silent, seq: 7, context: { ip: CLAIMED, traits: { email: CANARY } } },
    ];
    const json = JSON.stringify(batchOf("third-party", events as never));
    expect(json[0]).toBe("{");
    const { status, answer } = await send(address, json, { "content-type": "application/json" });
    expect(status).toBe(200);
    expect(codesOf(answer)).toEqual(
      events.map(({ name }) => (name === CANARY ? "EVENT_UNKNOWN" : "CONSENT_MISSING")),
    );
  });
  expect(snapshot.manifest.counts).toMatchObject({ events: 0, quarantined: 7 });
  expect(text).toContain("third-party");
  expect(text).not.toContain(CANARY);
});

test("where a client is stands nowhere, whether it consented, did not, was refused or was malformed", async () => {
  const { text } = await remainsOf(async (address) => {
    expect(
      (await send(address, bytesOf(batchOf("phone", [tapOf(1), tapOf(2, { consent: [] })])))).status,
    ).toBe(200);
    expect((await send(address, "{")).status).toBe(400);
    expect((await send(address, "{}", { authorization: "Bearer other" })).status).toBe(401);
  });
  // What stands there at all: the content that was agreed to.
  expect(text).toContain("button-1");
  expect(text).not.toContain("button-2");
  expect(text).not.toContain(CLAIMED);
  expect(text).not.toContain(CANARY);
  if (process.platform === "linux") expect(text).not.toContain(CLIENT);
});

test("Global Privacy Control withholds what is not essential, whatever the batch says", async () => {
  const { text, snapshot } = await remainsOf(async (address) => {
    const agreed = bytesOf(batchOf("phone", [tapOf(1, { properties: target })]));
    const { answer } = await send(address, agreed, { "sec-gpc": "1" });
    expect(codesOf(answer)).toEqual(["CONSENT_MISSING"]);
    // Only the value 1 asks for it.
    const other = bytesOf(batchOf("other", [tapOf(1)]));
    expect(codesOf((await send(address, other, { "sec-gpc": "0" })).answer)).toEqual([]);
  });
  expect(snapshot.manifest.counts).toMatchObject({ events: 1, quarantined: 1 });
  expect(text).not.toContain(CANARY);
});

test("with consent it is found, so that the search means something", async () => {
  const { text } = await remainsOf(async (address) => {
    await send(address, bytesOf(batchOf("phone", [tapOf(1, { properties: target, user: "anna-5f" })])));
  });
  expect(text).toContain(CANARY);
  expect(text).not.toContain("anna-5f");
});
