import { mkdtemp, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { compact, loadApp, openCatalog, ownFolder, readLogs } from "@tideline/pipeline";
import { afterEach, beforeEach, expect, test } from "vitest";
import { scanFolder } from "../packages/pipeline/src/subject/testing/scan-folder.ts";
import { batchOf, bytesOf, motionOf, samplesFrom, tapOf } from "./ingest/client.ts";
import { runServer } from "./ingest/run-server.ts";

/** Personal content wherever a request has room for any; allowed as a name, as a client and as part of a header. */
const CANARY = "canary_e7_anna";
/** The same as samples: the four bytes of a number that nothing else has. */
const SAMPLE = new Uint8Array([0xca, 0x4a, 0x51, 0x42]);

const appModule = new URL("../examples/activity/app.ts", import.meta.url).pathname;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tideline-leak-"));
});
afterEach(() => rm(folder, { recursive: true }));

/** Says something to a server over a connection of its own, and gives the statuses of its answers. */
async function say(address: string, request: Uint8Array, ends = false): Promise<readonly number[]> {
  const socket = connect(Number(new URL(address).port), "127.0.0.1");
  let heard = "";
  socket.on("data", (part: Buffer) => (heard += part.toString("latin1")));
  socket.on("error", () => undefined);
  socket.write(request);
  if (ends) socket.end();
  await new Promise((resolve) => socket.once("close", resolve));
  return [...heard.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
}

interface RawRequest {
  readonly body?: Uint8Array | string;
  readonly target?: string;
  readonly key?: string;
  readonly headers?: readonly string[];
  readonly method?: string;
  readonly declared?: number;
}

/** Bytes of a request whose every part may hold something about a person. */
function requestOf({
  body = "",
  target,
  key,
  headers = [],
  method = "POST",
  declared,
}: RawRequest): Uint8Array {
  const bytes = Buffer.from(body as string);
  const lines = [
    `${method} ${target ?? `/v1/batch?user=${CANARY}`} HTTP/1.1`,
    `Host: ${CANARY}`,
    `User-Agent: ${CANARY}`,
    `Cookie: id=${CANARY}`,
    `Referer: https://example.com/${CANARY}`,
    `X-Forwarded-For: ${CANARY}`,
    `${CANARY}: 1`,
    `Content-Type: text/${CANARY}`,
    `Authorization: Bearer ${key ?? "test-write-key"}`,
    ...headers,
    `Content-Length: ${declared ?? bytes.length}`,
    "Connection: close",
  ];
  return Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1"), bytes]);
}

/** Events of somebody who agreed to nothing, each with what is about them in another place. */
const silent = [
  { consent: [] },
  { consent: [CANARY] },
  { consent: { analytics: CANARY } },
  { consent: null, name: CANARY },
  { consent: [], name: { [CANARY]: CANARY } },
  { consent: [], version: CANARY, time: CANARY },
  { consent: [], user: { name: CANARY } },
  { consent: [], previous_user: CANARY },
  { consent: [], properties: { [CANARY]: CANARY } },
  { consent: [], properties: CANARY },
  { consent: [], properties: { target: { deep: { deeper: CANARY } }, screen: [[CANARY]] } },
  { consent: [], properties: { __proto__x: CANARY, target: CANARY.repeat(5000) } },
  { consent: [], [CANARY]: CANARY },
].map((changes, at) =>
  tapOf(at + 1, { user: CANARY, properties: { target: CANARY, screen: CANARY }, ...changes } as never),
);

const headerOf = (install: string, events: readonly unknown[], changes: object = {}): object => ({
  ...batchOf(install, events as never),
  sdk: `${CANARY}@example.com`,
  proof: CANARY,
  [CANARY]: { [CANARY]: CANARY },
  ...changes,
});

/** Requests with the status that each gets; none of them may leave anything of its content. */
function requests(): readonly (readonly [string, Uint8Array, number])[] {
  const json = JSON.stringify(headerOf("third-party", silent));
  const samples = Buffer.concat([SAMPLE, SAMPLE, SAMPLE, SAMPLE, SAMPLE, SAMPLE]);
  const motion = { ...motionOf(1, 0, 1), consent: [], user: CANARY };
  const gzip = ["Content-Encoding: gzip"];
  const bomb = gzipSync(Buffer.from(`{"${CANARY}":"${CANARY.repeat(1_000_000)}"}`));
  return [
    ["as plain JSON", requestOf({ body: json }), 200],
    ["as a batch, with samples", requestOf({ body: bytesOf(headerOf("sampled", [motion]), samples) }), 200],
    [
      "as gzip",
      requestOf({ body: gzipSync(JSON.stringify(headerOf("zipped", silent))), headers: gzip }),
      200,
    ],
    ["cut off", requestOf({ body: json.slice(0, -9) }), 400],
    ["with garbage behind", requestOf({ body: `${json}${CANARY}` }), 400],
    ["as no JSON", requestOf({ body: `{${CANARY}` }), 400],
    ["as other bytes", requestOf({ body: CANARY }), 400],
    ["as broken text", requestOf({ body: Buffer.concat([Buffer.from(json), Buffer.from([0xff])]) }), 400],
    ["as broken gzip", requestOf({ body: gzipSync(json).subarray(0, -5), headers: gzip }), 400],
    ["as a bomb", requestOf({ body: bomb, headers: gzip }), 413],
    ["too long", requestOf({ body: CANARY.repeat(400_000) }), 413],
    ["with an install of its own", requestOf({ body: JSON.stringify(headerOf(`${CANARY}@`, silent)) }), 400],
    ["with events that are none", requestOf({ body: JSON.stringify(headerOf("x", [CANARY])) }), 400],
    [
      "with numbers that are none",
      requestOf({ body: JSON.stringify(headerOf("x", [{ seq: CANARY }])) }),
      400,
    ],
    [
      "of another region",
      requestOf({ body: JSON.stringify(headerOf("x", silent, { region: CANARY })) }),
      421,
    ],
    ["with another key", requestOf({ body: json, key: CANARY }), 401],
    ["at another address", requestOf({ body: json, target: `/${CANARY}` }), 404],
    ["at a broken address", requestOf({ body: json, target: `/%zz${CANARY}` }), 400],
    ["by another method", requestOf({ body: json, method: "PUT" }), 404],
    ["in an encoding", requestOf({ body: json, headers: [`Content-Encoding: ${CANARY}`] }), 400],
    ["with two lengths", requestOf({ body: json, headers: ["Content-Length: 3"] }), 400],
    ["with a header too long", requestOf({ headers: [`X: ${CANARY.repeat(2000)}`] }), 431],
    ["to the health check", requestOf({ method: "GET", target: `/healthz?${CANARY}` }), 200],
    ["as no HTTP", Buffer.from(`${CANARY}\r\n\r\n`), 400],
  ];
}

test("whatever is sent without consent, in whichever form, leaves none of its bytes on disk or terminal", async () => {
  const owner = await ownFolder(folder, { command: "test" });
  const catalog = await openCatalog(folder, { epoch: owner.epoch });
  const server = await runServer({ folder, epoch: owner.epoch });
  try {
    for (const [name, request, status] of requests()) {
      expect(await say(server.address, request), name).toEqual([status]);
    }
    // One that breaks off its body.
    await say(server.address, requestOf({ body: `{"${CANARY}`, declared: 9000 }), true);
    // Among events that were agreed to, with samples on both sides of those that were not.
    const kept = [motionOf(1, 0, 1), { ...motionOf(2, 24, 1), consent: [] }, motionOf(3, 48, 1)];
    const samples = [samplesFrom(1, 1), Buffer.from("ca4a5142".repeat(6), "hex"), samplesFrom(2, 1)];
    const mixed = bytesOf(
      { ...batchOf("mixed", [...kept, tapOf(4), { ...silent[0]!, seq: 5 }]) },
      Buffer.concat(samples),
    );
    expect(await say(server.address, requestOf({ body: mixed }))).toEqual([200]);

    const { status, lines, errors } = await server.stop();
    expect(status).toBe(0);
    const end = { epoch: owner.epoch + 1, segment: 0, offset: 0 };
    const read = (log: typeof end | null) => readLogs(folder, { log }, { log: end });
    const { snapshot } = await compact({
      owner,
      catalog,
      app: await loadApp(appModule),
      clock: Date.now,
      read,
    });
    expect(snapshot!.manifest.counts).toMatchObject({ events: 3, quarantined: 2 * silent.length + 3 });
    const needles = { canary: CANARY, base64: Buffer.from(CANARY).toString("base64"), sample: SAMPLE };
    expect(await scanFolder(folder, { ...needles, kept: "button-4" })).toEqual(
      expect.arrayContaining([expect.stringContaining("kept in log")]),
    );
    expect(await scanFolder(folder, needles)).toEqual([]);
    expect(lines.join("\n") + errors).not.toContain(CANARY);
  } finally {
    server.kill();
    await catalog.close();
    owner.release();
  }
}, 30_000);
