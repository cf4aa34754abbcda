import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import type { Acknowledgement } from "@tideline/spec";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { app } from "../../../../examples/activity/app.ts";
import { batchOf, bytesOf, post, tapOf } from "../../../../test/ingest/client.ts";
import { connectionLimit } from "./connection-limit.ts";
import { openIngest, type OpenIngest } from "./open-ingest.ts";

/** Small enough to reach; a body of the largest size is a quarter of what may wait. */
const LIMITS = { inflatedBytes: 250_000, compressedBytes: 60_000, waitingBytes: 1_000_000, requestMs: 8000 };
const KEY = "test-write-key";
const body = JSON.stringify(batchOf("raw", [tapOf(1)]));
const head = `POST /v1/batch HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${KEY}\r\n`;

let folder: string;
let ingest: OpenIngest;
const sockets: Socket[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tideline-hostile-http-"));
  const keys = { writeKeys: [KEY], pseudonymKey: new Uint8Array(32) };
  ingest = await openIngest(
    app,
    { folder, epoch: 1, appModule: "", port: 0, ...keys, clock: null, limits: LIMITS },
    { onDurable: () => undefined, onFault: (error) => expect.unreachable(error.message) },
  );
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await ingest.close();
  await rm(folder, { recursive: true });
});

/** Opens a connection, says something, and gathers what comes back. */
function open(text: string): { socket: Socket; heard: () => string; closed: Promise<unknown> } {
  const socket = connect(Number(new URL(ingest.address).port), "127.0.0.1");
  sockets.push(socket);
  let heard = "";
  socket.on("data", (part: Buffer) => (heard += part.toString("latin1")));
  socket.on("error", () => undefined);
  socket.write(text);
  return { socket, heard: () => heard, closed: once(socket, "close") };
}

const statuses = (text: string): number[] =>
  [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
const good = (install: string): Promise<Response> =>
  post(ingest.address, bytesOf(batchOf(install, [tapOf(1)])));

describe("what is no HTTP request is answered as the page says, with nothing of it, and its connection closed", () => {
  const canary = "canary_51";
  const { length } = body;
  test.each([
    ["two lengths", `${head}Content-Length: ${length}\r\nContent-Length: 5\r\n\r\n${canary}`, 400],
    [
      "one length twice",
      `${head}Content-Length: ${length}\r\nContent-Length: ${length}\r\n\r\n${canary}`,
      400,
    ],
    ["a length and chunks", `${head}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, 400],
    ["an unknown transfer", `${head}Transfer-Encoding: ${canary}\r\n\r\n`, 400],
    ["a negative length", `${head}Content-Length: -1\r\n\r\n${canary}`, 400],
    ["a length beyond numbers", `${head}Content-Length: ${"9".repeat(40)}\r\n\r\n${canary}`, 400],
    ["a header of 20 kB", `${head}X: ${canary.repeat(2500)}\r\n\r\n`, 431],
    ["3,000 headers", `${head}${`a: ${canary}\r\n`.repeat(3000)}\r\n`, 431],
    ["a method of its own", `${canary} / HTTP/1.1\r\nHost: x\r\n\r\n`, 400],
    ["HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400],
    ["a TLS greeting", "\u0016\u0003\u0001\u0002\u0000\u0001", 400],
    ["a header broken in two", `${head}X: a\r${canary}: b\r\n\r\n`, 400],
  ])("%s", async (_, text, status) => {
    const { heard, closed } = open(text);
    await closed;
    expect(statuses(heard())).toEqual([status]);
    const answer = JSON.parse(heard().split("\r\n\r\n")[1]!) as { code: string; message: string };
    expect(answer).toEqual({
      code: "BATCH_MALFORMED",
      message: expect.stringContaining("collect") as string,
    });
    expect(heard()).not.toContain(canary);
    expect((await good("after")).status).toBe(200);
  });

  test("an address that cannot be decoded", async () => {
    const { heard } = open(`GET /v1/%zz?${canary} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    await expect.poll(() => statuses(heard())).toEqual([400]);
    expect(heard()).toContain('"code":"BATCH_MALFORMED"');
    expect(heard()).not.toContain(canary);
  });

  test("a chunk that breaks off its body", async () => {
    const { heard, closed } = open(`${head}Transfer-Encoding: chunked\r\n\r\n5\r\n{"for\r\n${canary}\r\n`);
    await closed;
    expect(statuses(heard())).toEqual([400]);
    expect((await good("after")).status).toBe(200);
  });
});

test("requests one behind the other on one connection are each answered, in order", async () => {
  const one = (seq: number): string => {
    const json = JSON.stringify(batchOf("pipelined", [tapOf(seq)]));
    return `${head}Content-Length: ${json.length}\r\n\r\n${json}`;
  };
  const { heard } = open(Array.from({ length: 20 }, (_, seq) => one(seq)).join(""));
  await expect.poll(() => statuses(heard())).toEqual(Array<number>(20).fill(200));
  const sequences = [...heard().matchAll(/"acknowledged":\[\[(\d+),/g)].map(([, seq]) => Number(seq));
  expect(sequences).toEqual(Array.from({ length: 20 }, (_, seq) => seq));
});

describe("a client that holds up its request", () => {
  test("takes no room by what it declares", async () => {
    for (let holder = 0; holder < 40; holder += 1) open(`${head}Content-Length: 249000\r\n\r\n{`);
    await expect.poll(async () => (await good("beside")).status).toBe(200);
    const large = Buffer.alloc(240_000, 0x20);
    large.set(Buffer.from(body));
    expect((await post(ingest.address, large)).status).toBe(200);
  });

  test("takes no more than there is, and loses it to those who come after it", async () => {
    const filler = "x".repeat(240_000);
    const holders = Array.from({ length: 4 }, () => open(`${head}Content-Length: 249000\r\n\r\n${filler}`));
    const large = Buffer.alloc(200_000, 0x20);
    large.set(Buffer.from(body));
    await expect.poll(async () => (await post(ingest.address, large)).status).toBe(429);
    // Once the holders have had their seconds.
    await expect
      .poll(async () => (await post(ingest.address, large)).status, { timeout: 7000, interval: 200 })
      .toBe(200);
    await expect.poll(() => holders.some(({ heard }) => statuses(heard())[0] === 429)).toBe(true);
  }, 15_000);

  test("in its headers is cut off", async () => {
    const slow = open(`${head}X: `);
    const silent = open("");
    const drip = setInterval(() => slow.socket.writable && slow.socket.write("a"), 900);
    // A byte sent once the server has closed makes the system throw its answer away.
    slow.socket.once("data", () => clearInterval(drip));
    await Promise.all([slow.closed, silent.closed]);
    clearInterval(drip);
    expect(statuses(slow.heard())).toEqual([408]);
    expect(slow.heard()).toContain('"code":"UNAVAILABLE"');
  }, 15_000);
});

test("a client that goes away in the middle of its body leaves nothing, and no word on the terminal", async () => {
  const said = vi.spyOn(process.stderr, "write");
  const gone = Array.from({ length: 20 }, () => open(`${head}Content-Length: 9000\r\n\r\n{"canary"`));
  expect((await good("beside")).status).toBe(200);
  for (const { socket } of gone) socket.destroy();
  await Promise.all(gone.map(({ closed }) => closed));
  expect((await good("after")).status).toBe(200);
  expect(said.mock.calls).toEqual([]);
  said.mockRestore();
});

test("a body of chunks is held to the same length", async () => {
  const chunk = `ffff\r\n${"x".repeat(0xffff)}\r\n`;
  const { heard } = open(`${head}Transfer-Encoding: chunked\r\n\r\n${chunk.repeat(8)}0\r\n\r\n`);
  await expect.poll(() => statuses(heard())).toEqual([413]);
  expect((await good("after")).status).toBe(200);
});

test("a connection that closes after its answer is not reset before its client has heard it", async () => {
  // As proxies send on: everything is written before anything is read.
  const { socket, heard, closed } = open(`${head}Connection: close\r\nContent-Length: 900000\r\n\r\n`);
  socket.pause();
  for (let part = 0; part < 9; part++) {
    await setTimeout(20);
    socket.write("x".repeat(100_000));
  }
  await setTimeout(100);
  socket.resume();
  await closed;
  expect(statuses(heard())).toEqual([413]);
});

test("gzip in many members unpacks to no more than one", async () => {
  const member = gzipSync(" ".repeat(100_000), { level: 9 });
  const bomb = Buffer.concat(Array<Buffer>(50).fill(member));
  const answer = await post(ingest.address, bomb, { headers: { "content-encoding": "gzip" } });
  expect(answer.status).toBe(413);
});

test("Global Privacy Control is heard however often it is said", async () => {
  for (const [install, value] of [
    ["twice", "1\r\nSec-GPC: 1"],
    ["proxy", "0, 1"],
    ["space", " 1 "],
  ] as const) {
    const json = JSON.stringify(batchOf(install, [tapOf(1)]));
    const { heard } = open(`${head}Sec-GPC: ${value}\r\nContent-Length: ${json.length}\r\n\r\n${json}`);
    await expect.poll(heard).toContain("CONSENT_MISSING");
  }
  const answer = (await (await good("none")).json()) as Acknowledgement;
  expect(answer.quarantined).toEqual([]);
});

test("a server keeps files for its log whatever the machine allows", () => {
  expect(connectionLimit(1024)).toBe(512);
  expect(connectionLimit(4096)).toBe(3584);
  expect(connectionLimit(1_048_576)).toBe(10_000);
  expect(connectionLimit("unlimited")).toBe(10_000);
  expect(connectionLimit()).toBeGreaterThan(0);
});
