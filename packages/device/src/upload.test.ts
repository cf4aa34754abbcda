import { gunzipSync, gzipSync } from "node:zlib";
import { tidelineError } from "@tideline/spec";
import { beforeEach, expect, test } from "vitest";
import { createWorld, platform, tap, type World } from "../../../test/device-fixture.ts";
import { backoff, retryAfter } from "./backoff.ts";
import type { Client } from "./client.ts";
import type { NetworkResponse } from "./ports.ts";

let world: World;
let waits: number[];

async function startWith(count: number, options: Parameters<World["start"]>[0] = {}): Promise<Client> {
  const wait = async (ms: number): Promise<void> => void waits.push(ms);
  const client = await world.start(options, { timer: { wait } });
  await client.setConsent(["analytics"]);
  for (let index = 0; index < count; index += 1) await client.track(tap, { target: `t${index}` });
  return client;
}

const respond = (status: number, headers: Record<string, string> = {}): NetworkResponse => ({
  status,
  headers,
  body: new Uint8Array(),
});

const content = (body: Uint8Array): string => Buffer.from(body).toString("latin1");

beforeEach(() => {
  world = createWorld();
  waits = [];
});

test("a batch is gzip, says who sends it, and never exceeds its bounds", async () => {
  const client = await world.start(
    { limits: { batchEvents: 4 } },
    { gzip: async (bytes) => new Uint8Array(gzipSync(bytes)) },
  );
  await client.setConsent(["analytics"]);
  for (let index = 0; index < 10; index += 1) await client.track(tap, { target: `t${index}` });
  world.intercept = (request) =>
    world.collector.answer({ ...request, body: new Uint8Array(gunzipSync(request.body!)) });
  expect(await client.flush()).toEqual({ acknowledged: 10, pending: 0, stopped: null });
  expect(world.requests).toHaveLength(3);
  expect(world.requests[0]).toMatchObject({
    method: "POST",
    url: "http://collect/v1/batch",
    headers: {
      authorization: `Basic ${Buffer.from("key:").toString("base64")}`,
      "content-type": "application/vnd.tideline.batch",
      "content-encoding": "gzip",
    },
  });
});

test("an outage is waited out with growing pauses, and counted", async () => {
  const client = await startWith(3);
  let failures = 3;
  world.intercept = () => {
    if (failures-- > 0) throw new Error("no connection");
    return undefined;
  };
  expect(await client.flush()).toMatchObject({ acknowledged: 3, stopped: null });
  expect(waits).toHaveLength(3);
  for (let index = 0; index < 3; index += 1) {
    expect(waits[index]).toBeGreaterThanOrEqual(250 * 2 ** index);
    expect(waits[index]).toBeLessThanOrEqual(500 * 2 ** index);
  }
  expect(client.diagnostics().uploads).toMatchObject({ batches: 4, retries: 3, outages: 1, stopped: false });
});

test("a server that stays away ends the flush with what still waits", async () => {
  const client = await startWith(3);
  world.intercept = () => respond(503);
  expect(await client.flush()).toEqual({ acknowledged: 0, pending: 3, stopped: "UNAVAILABLE" });
  expect(world.requests).toHaveLength(5);
});

test("a server that asks for a pause gets it", async () => {
  const client = await startWith(1);
  let first = true;
  world.intercept = () => {
    if (!first) return undefined;
    first = false;
    return respond(429, { "retry-after": "7" });
  };
  await client.flush();
  expect(waits).toEqual([7000]);
});

test("a lost answer is sent again, and the duplicates that the server reports are counted", async () => {
  const client = await startWith(2);
  let lost = false;
  world.intercept = (request) => {
    const answer = world.collector.answer(request);
    if (lost) return answer;
    lost = true;
    throw new Error("connection reset");
  };
  expect(await client.flush()).toMatchObject({ acknowledged: 2 });
  expect(client.diagnostics().uploads.duplicates).toBe(2);
});

test("too large a batch is halved until it fits; an event that alone is too large is given up", async () => {
  const client = await startWith(8);
  await client.track(tap, { target: "x".repeat(200) });
  world.intercept = ({ body }) =>
    body!.length > 600 || content(body!).includes("xxxx") ? respond(413) : undefined;
  expect(await client.flush()).toMatchObject({ pending: 0, stopped: null });
  expect(waits).toEqual([]);
  const small = [...world.collector.events.values()].map(({ properties }) => properties["target"]);
  expect(small).toEqual(Array.from({ length: 8 }, (_, index) => `t${index}`));
  expect(client.diagnostics()).toMatchObject({
    events: { acknowledged: 8, dropped: 1 },
    lastError: { code: "BATCH_TOO_LARGE" },
  });
});

test("too long an answer, of a hotel's network say, is tried again, and no release is given up for it", async () => {
  const client = await startWith(1);
  const { intercept } = world;
  world.intercept = ({ url, maxBytes }) => {
    throw tidelineError("DATA_MALFORMED", {
      who: "network",
      field: url,
      expected: `at most ${maxBytes} bytes`,
    });
  };
  expect(await client.flush()).toMatchObject({ acknowledged: 0, pending: 1, stopped: "UNAVAILABLE" });
  expect(waits.length).toBeGreaterThan(1);
  expect(client.diagnostics().uploads).toMatchObject({ stopped: false, outages: 1 });
  expect(await client.update()).toMatchObject({ result: "offline", code: "UNAVAILABLE" });
  world.intercept = intercept;
  expect(await client.flush()).toMatchObject({ acknowledged: 1, stopped: null });
});

test("one event that the server cannot read does not hold the others back", async () => {
  const client = await startWith(9);
  world.intercept = ({ body }) => (content(body!).includes('"t4"') ? respond(400) : undefined);
  expect(await client.flush()).toMatchObject({ acknowledged: 8, pending: 0, stopped: null });
  expect(client.diagnostics().events.dropped).toBe(1);
});

test("a server that can read nothing is not fed everything", async () => {
  const client = await startWith(20);
  world.intercept = () => respond(400);
  expect(await client.flush()).toMatchObject({ acknowledged: 0, stopped: "BATCH_MALFORMED" });
  expect(client.diagnostics().events.pending).toBeGreaterThanOrEqual(18);
});

test.each([
  [401, "UNAUTHORISED"],
  [403, "FORBIDDEN"],
  [404, "NOT_FOUND"],
])("status %i stops at once, keeps everything and says so", async (status, code) => {
  const client = await startWith(2);
  world.intercept = () => respond(status);
  expect(await client.flush()).toEqual({ acknowledged: 0, pending: 2, stopped: code });
  expect(world.requests).toHaveLength(1);
  expect(client.diagnostics()).toMatchObject({ uploads: { stopped: true }, lastError: { code } });
});

test.each([
  ["a page of a captive portal", "<html>welcome</html>"],
  ["ranges that are none", '{"format":1,"acknowledged":[null,7],"quarantined":[],"duplicates":0}'],
  ["an acknowledgement of nothing", '{"format":1,"acknowledged":[],"quarantined":[],"duplicates":0}'],
])("200 with %s acknowledges nothing", async (_, body) => {
  const client = await startWith(2);
  world.intercept = () => ({ status: 200, headers: {}, body: platform.text.encode(body) });
  expect(await client.flush()).toMatchObject({ acknowledged: 0, pending: 2, stopped: "UNAVAILABLE" });
});

test("quarantined events are acknowledged and counted", async () => {
  const client = await startWith(2);
  world.intercept = (request) => {
    const answer = JSON.parse(platform.text.decode(world.collector.answer(request).body)) as object;
    const quarantined = [{ seq: 1, code: "FIELD_INVALID", field: "target" }];
    return { ...respond(200), body: platform.text.encode(JSON.stringify({ ...answer, quarantined })) };
  };
  await client.flush();
  expect(client.diagnostics().events).toMatchObject({ acknowledged: 2, quarantined: 1, pending: 0 });
});

test("flushes at the same time send nothing twice", async () => {
  const client = await startWith(5);
  const outcomes = await Promise.all([client.flush(), client.flush(), client.flush()]);
  expect(outcomes.map(({ pending }) => pending)).toEqual([0, 0, 0]);
  expect(world.collector.received).toHaveLength(5);
});

test("pauses are bounded, and Retry-After may be seconds or a date of the server's clock", () => {
  const random = () => Uint8Array.of(255);
  const options = { backoffMs: 500, maxBackoffMs: 4000 };
  expect([1, 2, 3, 4, 9].map((failures) => backoff(failures, options, random))).toEqual([
    500, 1000, 2000, 4000, 4000,
  ]);
  expect(backoff(1, options, () => Uint8Array.of(0))).toBe(250);
  const date = "Wed, 21 Oct 2015 07:28:00 GMT";
  expect(retryAfter({ "retry-after": "Wed, 21 Oct 2015 07:28:30 GMT", date })).toBe(30_000);
  expect(retryAfter({ "retry-after": "Wed, 21 Oct 2015 07:28:30 GMT" })).toBeNull();
  expect(retryAfter({ "retry-after": "999999" })).toBe(3_600_000);
  expect(retryAfter({})).toBeNull();
});
