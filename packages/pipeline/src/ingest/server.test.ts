import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { request, type IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { defineApp, encodeBatch, event, t, type Acknowledgement } from "@tideline/spec";
import * as fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { nodeText } from "./node-text.ts";
import { openIngest, type OpenIngest } from "./open-ingest.ts";
import { collectLog } from "./testing/collect-log.ts";

const app = defineApp({
  name: "test",
  purposes: { analytics: "Count." },
  events: [
    event("tap", { target: t.string() }, { purpose: "analytics", retain: "1d" }),
    event(
      "wave",
      { samples: t.frame({ channels: ["x"], units: ["g"], rate: 50 }) },
      { purpose: "analytics", retain: "1d" },
    ),
  ],
  views: [],
  models: [],
});

const LIMITS = {
  compressedBytes: 20_000,
  inflatedBytes: 40_000,
  batchEvents: 50,
  eventBytes: 2000,
  waitingBytes: 100_000,
  drainMs: 200,
};

let folder: string;
let ingest: OpenIngest;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tideline-ingest-"));
  ingest = await openIngest(
    app,
    {
      folder,
      epoch: 1,
      appModule: "",
      port: 0,
      writeKeys: ["key-one", "key-two"],
      pseudonymKey: new Uint8Array(32),
      clock: { origin: 5000, wallOrigin: Date.now(), speed: 0 },
      limits: LIMITS,
    },
    { onDurable: () => undefined, onFault: (error) => expect.unreachable(error.message) },
  );
});

afterEach(async () => {
  await ingest.close();
  await rm(folder, { recursive: true });
});

function tap(seq: number, changes: object = {}): object {
  return {
    seq,
    name: "tap",
    version: 1,
    time: 5,
    user: "u",
    consent: ["analytics"],
    properties: { target: "ok" },
    ...changes,
  };
}

function batch(events: readonly object[], changes: object = {}): object {
  return { format: 1, sdk: "test/1", install: "phone", epoch: 1, sent_at: 9, events, ...changes };
}

function bytes(header: unknown, attachment = new Uint8Array(0)): Uint8Array {
  return encodeBatch(header, attachment, nodeText);
}

function post(body: Uint8Array | string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${ingest.address}/v1/batch`, {
    method: "POST",
    body: typeof body === "string" ? body : Buffer.from(body),
    headers: { authorization: "Bearer key-one", ...headers },
  });
}

/** Status and code of an answer, and that its body is a sentence with a code. */
async function refusal(answer: Promise<Response>): Promise<string> {
  const response = await answer;
  const { code, message } = (await response.json()) as { code: string; message: string };
  expect(message).toContain(`[${code}]`);
  return `${response.status} ${code}`;
}

async function records() {
  return (await collectLog(folder)).map(({ record }) => record);
}

test("a batch is acknowledged, whatever its content type or encoding, and is in the log", async () => {
  const answer = await post(bytes(batch([tap(1), tap(2, { consent: [] })])));
  expect(answer.status).toBe(200);
  expect(answer.headers.get("access-control-allow-origin")).toBe("*");
  expect(await answer.json()).toEqual({
    format: 1,
    acknowledged: [[1, 2]],
    quarantined: [{ seq: 2, code: "CONSENT_MISSING", field: "consent" }],
    duplicates: 0,
    received_at: 5000,
  } satisfies Acknowledgement);
  const plain = JSON.stringify(batch([tap(3)]));
  expect((await post(plain, { "content-type": "text/plain" })).status).toBe(200);
  expect((await post(JSON.stringify(batch([tap(4)])), { "content-type": ";;what/is this;" })).status).toBe(
    200,
  );
  expect((await post(gzipSync(bytes(batch([tap(5)]))), { "content-encoding": "gzip" })).status).toBe(200);
  expect((await records()).flatMap(({ events }) => events.map(({ seq }) => seq))).toEqual([1, 3, 4, 5]);
  expect(ingest.counts()).toMatchObject({
    batches: 4,
    events: 4,
    quarantined: { CONSENT_MISSING: 1 },
    duplicates: 0,
  });
});

test("two identical batches in flight give one copy and two answers", async () => {
  const body = bytes(batch([tap(1), tap(2), tap(2)]));
  const answers = await Promise.all(Array.from({ length: 8 }, () => post(body)));
  expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(200));
  const acknowledgements = (await Promise.all(answers.map((answer) => answer.json()))) as Acknowledgement[];
  expect(acknowledgements.every(({ acknowledged }) => JSON.stringify(acknowledged) === "[[1,2]]")).toBe(true);
  expect(acknowledgements.map(({ duplicates }) => duplicates).sort()).toEqual([1, 3, 3, 3, 3, 3, 3, 3]);
  await post(bytes(batch([tap(9)])));
  const stored = await records();
  expect(stored.flatMap(({ events }) => events.map(({ seq }) => seq))).toEqual([1, 2, 9]);
  expect(stored.reduce((sum, { duplicates }) => sum + duplicates, 0)).toBe(1 + 7 * 3);
});

test("keys are wanted, as Bearer or Basic", async () => {
  const body = bytes(batch([tap(1)]));
  const basic = (text: string) => `Basic ${Buffer.from(text).toString("base64")}`;
  for (const authorization of ["Bearer key-two", "bearer key-one", basic("key-two:"), basic("key-one:any")]) {
    expect((await post(body, { authorization })).status).toBe(200);
  }
  for (const authorization of [
    "",
    "Bearer",
    "Bearer ",
    "Bearer key",
    "Bearer key-one2",
    basic(":key-one"),
    "Basic !",
    "key-one",
    "Basic Og==",
  ]) {
    expect(await refusal(post(body, { authorization }))).toBe("401 UNAUTHORISED");
  }
  const answer = await post(body, { authorization: "Bearer secret-guess" });
  expect(answer.headers.get("www-authenticate")).toBe("Bearer");
  expect(await answer.text()).not.toContain("secret-guess");
});

test("a browser may ask first", async () => {
  const answer = await fetch(`${ingest.address}/v1/batch`, {
    method: "OPTIONS",
    headers: { origin: "https://app.example", "access-control-request-method": "POST" },
  });
  expect(answer.status).toBe(204);
  expect(answer.headers.get("access-control-allow-origin")).toBe("*");
  expect(answer.headers.get("access-control-allow-headers")).toContain("authorization");
  expect((await fetch(`${ingest.address}/healthz`)).status).toBe(200);
  expect((await fetch(`${ingest.address}/v1/other`)).status).toBe(404);
});

test("what is malformed is refused with a sentence that names the field", async () => {
  const cases: readonly [unknown, string][] = [
    [batch([tap(1)], { format: 2 }), "format"],
    [batch([tap(1)], { install: "../../etc" }), "install"],
    [batch([tap(1)], { install: "x".repeat(65) }), "install"],
    [batch([tap(1)], { epoch: -1 }), "epoch"],
    [batch([tap(1)], { epoch: 2 ** 60 }), "epoch"],
    [batch([tap(1)], { sdk: "a\nb" }), "sdk"],
    [batch([tap(1)], { sent_at: "now" }), "sent_at"],
    [batch([]), "events"],
    [batch([tap(1.5)]), "events/0/seq"],
    [batch([tap(1), { name: "tap" }]), "events/1"],
    [batch([tap(1)], { events: { length: 1 } }), "events"],
    [[], "header"],
  ];
  for (const [header, field] of cases) {
    const answer = await post(bytes(header));
    expect(answer.status).toBe(400);
    expect(((await answer.json()) as { message: string }).message).toContain(`batch: ${field}: expected`);
  }
  const tlb = (length: number) =>
    Buffer.concat([Buffer.from("TLB1"), Buffer.from(new Uint32Array([length]).buffer), Buffer.from("{}  ")]);
  for (const body of [
    "",
    "{",
    "null",
    "TLB1",
    tlb(0xffff_fffc),
    tlb(3),
    tlb(8),
    Buffer.from([0x7b, 0xff, 0x7d]),
  ]) {
    expect(await refusal(post(body))).toBe("400 BATCH_MALFORMED");
  }
  expect(await refusal(post("not gzip", { "content-encoding": "gzip" }))).toBe("400 BATCH_MALFORMED");
  expect(await refusal(post("x", { "content-encoding": "br" }))).toBe("400 BATCH_MALFORMED");
  const deep = `{"format":1,"events":${"[".repeat(15_000)}${"]".repeat(15_000)}}`;
  expect(await refusal(post(deep))).toBe("400 BATCH_MALFORMED");
  expect(await records()).toEqual([]);
});

test("what is too large is refused, and a gzip bomb stays folded", async () => {
  expect(await refusal(post(new Uint8Array(LIMITS.inflatedBytes + 1)))).toBe("413 BATCH_TOO_LARGE");
  const bomb = gzipSync(new Uint8Array(15_000_000));
  expect(bomb.length).toBeLessThan(LIMITS.compressedBytes);
  expect(await refusal(post(bomb, { "content-encoding": "gzip" }))).toBe("413 BATCH_TOO_LARGE");
  const noise = new Uint8Array(30_000);
  for (let index = 0, state = 1; index < noise.length; index += 1)
    noise[index] = (state = (state * 48271) % 0x7fff_ffff) & 255;
  expect(await refusal(post(gzipSync(noise), { "content-encoding": "gzip" }))).toBe("413 BATCH_TOO_LARGE");
  const many = batch(Array.from({ length: LIMITS.batchEvents + 1 }, (_, seq) => ({ seq })));
  expect(await refusal(post(bytes(many)))).toBe("413 BATCH_TOO_LARGE");
});

test("while too much is being taken, others are asked to wait", async () => {
  const body = JSON.stringify(batch([tap(1)]));
  // What has come counts: two of these fill nearly four fifths.
  const holders = [1, 2].map(() => {
    const holder = request(`${ingest.address}/v1/batch`, {
      method: "POST",
      headers: { authorization: "Bearer key-one" },
    });
    holder.write(`{${" ".repeat(38_500)}`);
    return holder;
  });
  const answers = holders.map((holder) => once(holder, "response") as Promise<[IncomingMessage]>);
  const large = body.padEnd(25_000);
  await expect.poll(async () => (await post(large)).status).toBe(429);
  const refused = await post(large);
  expect(refused.headers.get("retry-after")).toBe("1");
  expect(await refusal(Promise.resolve(refused))).toBe("429 OVERLOADED");
  for (const holder of holders) holder.end(body.slice(1));
  const statuses = (await Promise.all(answers)).map(([response]) => response.resume().statusCode);
  expect(statuses).toEqual([200, 200]);
  await expect.poll(async () => (await post(large)).status).toBe(200);
});

test("a client that never ends its request does not hold up the close", async () => {
  const holder = request(`${ingest.address}/v1/batch`, {
    method: "POST",
    headers: { authorization: "Bearer key-one" },
  });
  holder.write("{");
  const broken = once(holder, "error");
  await once(holder, "socket");
  await ingest.close();
  expect((await broken)[0]).toBeInstanceOf(Error);
});

test("no body makes the server fail", async () => {
  const valid = bytes(
    batch([tap(1), { ...tap(2), name: "wave", properties: { samples: { offset: 0, samples: 2 } } }]),
    new Uint8Array(8),
  );
  const hostileValue = fc.oneof(
    fc.jsonValue({ maxDepth: 4 }),
    fc.constantFrom("__proto__", "constructor", -0, 1e308, -1, 2 ** 53, "\u0000", "\ud800", null, [], {}),
  );
  const hostileEvent = fc.oneof(
    hostileValue,
    fc.record({
      seq: fc.oneof(fc.nat(20), hostileValue),
      name: fc.oneof(fc.constantFrom("tap", "wave", "__proto__", "toString"), hostileValue),
      version: fc.oneof(fc.constant(1), hostileValue),
      time: fc.oneof(fc.nat(), hostileValue),
      user: fc.oneof(fc.constant("u"), hostileValue),
      consent: fc.oneof(fc.constant(["analytics"]), hostileValue),
      properties: fc.oneof(
        fc.dictionary(fc.constantFrom("target", "samples", "__proto__", "constructor"), hostileValue),
        fc.record({
          samples: fc.record({ offset: fc.oneof(fc.integer(), fc.constant(-4)), samples: fc.integer() }),
        }),
        hostileValue,
      ),
    }),
  );
  const hostileBatch = fc
    .record({
      events: fc.array(hostileEvent, { minLength: 1, maxLength: 5 }),
      install: fc.oneof(fc.constantFrom("p", "__proto__"), hostileValue),
    })
    .map((changes) => bytes(batch([], changes), new Uint8Array(16)));
  const damaged = fc
    .tuple(fc.nat(valid.length - 1), fc.nat(255), fc.nat(valid.length))
    .map(([at, byte, length]) => valid.with(at, byte).subarray(0, Math.max(length, 1)));
  const body = fc.oneof(fc.uint8Array({ minLength: 1, maxLength: 200 }), hostileBatch, damaged);
  const encoding = fc.constantFrom<Record<string, string>>(
    {},
    { "content-encoding": "gzip" },
    { "content-type": "application/json" },
  );
  await fc.assert(
    fc.asyncProperty(body, encoding, fc.boolean(), async (raw, headers, pack) => {
      const sent = pack && headers["content-encoding"] === "gzip" ? gzipSync(raw) : raw;
      const answer = await post(sent, headers);
      expect([200, 400, 413]).toContain(answer.status);
      await answer.text();
    }),
    {
      numRuns: 600,
      examples: [[bytes(batch([{ ...tap(1), properties: { ["__proto__"]: 1 } }])), {}, false]],
    },
  );
  expect((await fetch(`${ingest.address}/healthz`)).status).toBe(200);
  const identities = (await records()).flatMap(({ install, epoch, events, quarantined }) =>
    [...events, ...quarantined].map(({ seq }) => `${install} ${epoch} ${seq}`),
  );
  expect(new Set(identities).size).toBe(identities.length);
});

test("of what nobody consented to, and of who sent it, no byte is on the disk", async () => {
  const canary = "CANARY-7d21";
  const known = { user: `${canary}-user`, properties: { target: `${canary}-target` } };
  const events = [
    tap(1, { ...known, consent: [] }),
    tap(2, { ...known, consent: [`${canary}-purpose`] }),
    tap(3, { ...known, name: `${canary}-event` }),
    tap(4, { user: `${canary}-user` }),
    tap(5, { user: `${canary}-user`, properties: { target: 5 } }),
    tap(6, { ...known, consent: [], properties: { [canary]: 1 } }),
    { ...tap(7, { consent: [] }), name: "wave", properties: { samples: { offset: 0, samples: 3 } } },
  ];
  const attachment = Buffer.from(`${canary}-`);
  expect((await post(bytes(batch(events), attachment))).status).toBe(200);
  await ingest.close();
  const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) =>
    entry.isFile(),
  );
  expect(files.length).toBeGreaterThan(0);
  for (const file of files) {
    expect((await readFile(join(file.parentPath, file.name))).includes("CANARY")).toBe(false);
  }
  const [record] = await records();
  expect(record!.events.map(({ seq }) => seq)).toEqual([4]);
  expect(record!.quarantined.map(({ seq }) => seq)).toEqual([1, 2, 3, 5, 6, 7]);
});
