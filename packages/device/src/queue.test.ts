import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createWorld, motion, platform, tap, type World } from "../../../test/device-fixture.ts";
import type { Client } from "./client.ts";
import { CRASH_POINTS, type CrashPoint } from "./crash-point.ts";
import { decodeJournal } from "./journal-record.ts";

const journalNames = (world: World): string[] =>
  [...world.files.keys()].filter((name) => name.startsWith("journal-")).sort();

async function startConsented(world: World, ...parameters: Parameters<World["start"]>): Promise<Client> {
  const client = await world.start(...parameters);
  await client.setConsent(["analytics", "improve"]);
  return client;
}

test("an event is in the journal when track resolves, and gone when it is acknowledged", async () => {
  const world = createWorld();
  const client = await startConsented(world);
  expect(await client.track(tap, { target: "a" })).toMatchObject({ epoch: 1, seq: 1 });
  const [name] = journalNames(world);
  const { records } = decodeJournal(world.files.get(name!)!, platform.text);
  expect(records[0]!.header).toMatchObject({ seq: 1, name: "tap", user: "ada", purpose: "analytics" });
  expect(await client.flush()).toEqual({ acknowledged: 1, pending: 0, stopped: null });
  expect(journalNames(world)).toEqual([]);
  expect(client.diagnostics().events).toMatchObject({ recorded: 1, acknowledged: 1, pending: 0, dropped: 0 });
});

test("events of the same moment share one write and are numbered in the order of the calls", async () => {
  const world = createWorld();
  const client = await startConsented(world);
  let appends = 0;
  const { append } = world.storage();
  const counted = {
    ...world.storage(),
    append: (name: string, bytes: Uint8Array) => ((appends += 1), append(name, bytes)),
  };
  await client.close();
  const second = await startConsented(world, {}, { storage: counted });
  const ids = await Promise.all(["a", "b", "c"].map((target) => second.track(tap, { target })));
  expect(ids.map((id) => id?.seq)).toEqual([1, 2, 3]);
  expect(appends).toBe(1);
});

test("an auditor's journal keeps what was acknowledged, and it is not sent again", async () => {
  const world = createWorld();
  const client = await startConsented(world, { keepJournal: true });
  await client.track(tap, { target: "a" });
  await client.flush();
  expect(journalNames(world)).toHaveLength(1);
  const again = await startConsented(world, { keepJournal: true });
  expect(again.diagnostics().events).toMatchObject({ recorded: 1, acknowledged: 1, pending: 0 });
  expect(await again.track(tap, { target: "b" })).toMatchObject({ seq: 2 });
  await again.flush();
  expect(world.collector.received.map((id) => id.split(".")[2])).toEqual(["1", "2"]);
});

test("a full disk refuses the event with a code; what was recorded stays, and later there is room again", async () => {
  const world = createWorld();
  const client = await startConsented(world);
  await client.track(tap, { target: "kept" });
  world.storage().fillUpAfter(20);
  await expect(client.track(tap, { target: "torn" })).rejects.toMatchObject({ code: "STORAGE_FAILED" });
  world.storage().fillUpAfter(1e6);
  expect(await client.track(tap, { target: "later" })).toMatchObject({ seq: 2 });
  const again = await startConsented(world);
  expect(again.diagnostics().events).toMatchObject({ recorded: 2, pending: 2, tornBytes: 0 });
  await again.flush();
  expect([...world.collector.events.values()].map(({ properties }) => properties["target"])).toEqual([
    "kept",
    "later",
  ]);
});

test("a torn write that could not be cut back at once is cut back before the next one", async () => {
  const world = createWorld();
  let broken = false;
  const real = () => world.storage();
  const moody = {
    ...real(),
    append: async (name: string, bytes: Uint8Array) => {
      await real().append(name, broken ? bytes.slice(0, 30) : bytes);
      if (broken) throw new Error("I/O error");
    },
    write: (name: string, bytes: Uint8Array) =>
      broken ? Promise.reject(new Error("I/O error")) : real().write(name, bytes),
    read: (name: string) => real().read(name),
    remove: (name: string) => real().remove(name),
    list: (prefix: string) => real().list(prefix),
  };
  const client = await startConsented(world, {}, { storage: moody });
  await client.track(tap, { target: "kept" });
  broken = true;
  await expect(client.track(tap, { target: "torn" })).rejects.toMatchObject({ code: "STORAGE_FAILED" });
  const second = client.track(tap, { target: "torn" });
  await expect(second).rejects.toMatchObject({ code: "STORAGE_FAILED", parts: { received: "I/O error" } });
  expect(await client.flush()).toMatchObject({ pending: 1, stopped: "STORAGE_FAILED" });
  broken = false;
  await client.track(tap, { target: "later" });
  const again = await startConsented(world);
  expect(again.diagnostics().events).toMatchObject({ recorded: 2, pending: 2, tornBytes: 0 });
});

test("an acknowledgement counts only for what was sent", async () => {
  const world = createWorld();
  const client = await startConsented(world, { limits: { batchEvents: 2, attempts: 1 } });
  for (const target of ["a", "b", "c"]) await client.track(tap, { target });
  world.intercept = (request) => {
    if (world.requests.length > 1) throw new Error("no connection");
    const answer = JSON.parse(platform.text.decode(world.collector.answer(request).body)) as object;
    const body = platform.text.encode(JSON.stringify({ ...answer, acknowledged: [[1, 1000]] }));
    return { status: 200, headers: {}, body };
  };
  expect(await client.flush()).toMatchObject({ acknowledged: 2, pending: 1 });
});

test("beyond its bounds the queue drops the oldest events, and counts them", async () => {
  const world = createWorld();
  const client = await startConsented(world, { limits: { pendingBytes: 1000, segmentBytes: 300 } });
  for (let index = 0; index < 20; index += 1) await client.track(tap, { target: `t${index}` });
  const { recorded, pending, dropped } = client.diagnostics().events;
  expect(recorded).toBe(20);
  expect(pending + dropped).toBe(20);
  expect(dropped).toBeGreaterThan(10);
  await client.flush();
  const targets = [...world.collector.events.values()].map(({ properties }) => properties["target"]);
  expect(targets).toEqual(Array.from({ length: pending }, (_, index) => `t${20 - pending + index}`));
});

test("events older than the bound are dropped", async () => {
  const world = createWorld();
  let now = 1_700_000_000_000;
  const client = await startConsented(world, { limits: { pendingAgeMs: 1000 } }, { clock: () => now });
  await client.track(tap, { target: "old" });
  now += 2000;
  await client.track(tap, { target: "new" });
  expect(client.diagnostics().events).toMatchObject({ recorded: 2, pending: 1, dropped: 1 });
});

test("a journal file torn at any byte loses only the event that was being written", async () => {
  const world = createWorld();
  const client = await startConsented(world);
  await client.track(tap, { target: "first" });
  await client.track(motion, {
    session: "s",
    start: 0,
    samples: { samples: 2, values: Float32Array.of(1, 2, 3, 4) },
  });
  const [name] = journalNames(world);
  const whole = world.files.get(name!)!;
  const first = decodeJournal(whole, platform.text).records[0]!.bytes.length;
  for (let length = 0; length < whole.length; length += 1) {
    const torn = createWorld();
    for (const [file, bytes] of world.files) torn.files.set(file, bytes);
    for (const [secret, bytes] of world.secrets) torn.secrets.set(secret, bytes);
    torn.files.set(name!, whole.slice(0, length));
    const restarted = await torn.start();
    const expected = length < first ? 0 : 1;
    const { recorded, pending, tornBytes } = restarted.diagnostics().events;
    expect({ recorded, pending, tornBytes }).toEqual({
      recorded: expected,
      pending: expected,
      tornBytes: length - expected * first,
    });
    expect(await restarted.track(tap, { target: "next" })).toMatchObject({ seq: expected + 1, epoch: 1 });
  }
});

test("damage in the middle of the journal begins a new epoch, so that no number is used twice", async () => {
  const world = createWorld();
  const client = await startConsented(world, { limits: { segmentBytes: 1 } });
  for (const target of ["a", "b", "c"]) await client.track(tap, { target });
  const [name] = journalNames(world);
  world.files.get(name!)![20]! ^= 1;
  const again = await startConsented(world);
  expect(again.diagnostics().epoch).toBeGreaterThan(1);
  expect(await again.track(tap, { target: "d" })).toMatchObject({ seq: 1 });
  expect(await again.flush()).toMatchObject({ acknowledged: 3, pending: 0 });
});

type Step =
  | { readonly kind: "track"; readonly count: number }
  | { readonly kind: "flush"; readonly network: "good" | "answer lost" | "half" | "down" }
  | { readonly kind: "restart" }
  | { readonly kind: "crash"; readonly at: CrashPoint }
  | { readonly kind: "tear"; readonly room: number };

const points = CRASH_POINTS.filter((point) => /^(?:journal|upload|queue)/.test(point));
const step = (): fc.Arbitrary<Step> =>
  fc.oneof(
    fc.record({ kind: fc.constant("track" as const), count: fc.integer({ min: 1, max: 5 }) }),
    fc.record({
      kind: fc.constant("flush" as const),
      network: fc.constantFrom("good" as const, "answer lost" as const, "half" as const, "down" as const),
    }),
    fc.record({ kind: fc.constant("restart" as const) }),
    fc.record({ kind: fc.constant("crash" as const), at: fc.constantFrom(...points) }),
    fc.record({ kind: fc.constant("tear" as const), room: fc.nat(400) }),
  );

describe("over any sequence of events, outages, restarts, crashes and full disks", () => {
  test.each([false, true])(
    "nothing is lost, nothing acknowledged is sent again (kept journal: %s)",
    async (keepJournal) => {
      await fc.assert(
        fc.asyncProperty(fc.array(step(), { maxLength: 14 }), async (steps) => {
          const world = createWorld();
          const limits = { segmentBytes: 500, batchEvents: 3, attempts: 2 };
          let crashAt: CrashPoint | null = null;
          const crashPoint = (point: CrashPoint): void => {
            if (point !== crashAt) return;
            world.storage().stop();
            throw new Error(`crash at ${point}`);
          };
          const start = () => startConsented(world, { limits, keepJournal }, { crashPoint });
          let client = await start();
          const recorded = new Set<string>();
          let calls = 0;
          let sentAfterAcknowledgement = 0;
          world.intercept = () => {
            return undefined;
          };
          const track = async (count: number): Promise<void> => {
            const ids = await Promise.allSettled(
              Array.from({ length: count }, () => client.track(tap, { target: `t${(calls += 1)}` })),
            );
            for (const id of ids) {
              if (id.status === "fulfilled")
                recorded.add(`${id.value!.install}.${id.value!.epoch}.${id.value!.seq}`);
            }
          };
          const network = (kind: "good" | "answer lost" | "half" | "down"): void => {
            world.intercept = (request) => {
              if (kind === "down") throw new Error("no connection");
              const answer = world.collector.answer(request);
              if (kind === "answer lost") throw new Error("connection reset");
              if (kind === "good") return answer;
              const whole = JSON.parse(platform.text.decode(answer.body)) as {
                acknowledged: [number, number][];
              };
              const [[from]] = whole.acknowledged as [[number, number]];
              return {
                ...answer,
                body: platform.text.encode(JSON.stringify({ ...whole, acknowledged: [[from, from]] })),
              };
            };
          };
          const checkResent = (
            before: Readonly<Record<string, readonly (readonly [number, number])[]>>,
            from: number,
          ) => {
            for (const id of world.collector.received.slice(from)) {
              const [install, epoch, seq] = id.split(".");
              const ranges = before[`${install}.${epoch}`] ?? [];
              if (ranges.some(([low, high]) => low <= Number(seq) && Number(seq) <= high))
                sentAfterAcknowledgement += 1;
            }
          };

          for (const next of steps) {
            if (next.kind === "track") await track(next.count);
            else if (next.kind === "flush") {
              const before = client.acknowledged();
              const from = world.collector.received.length;
              network(next.network);
              await client.flush();
              checkResent(before, from);
            } else if (next.kind === "restart") {
              await client.close();
              client = await start();
            } else if (next.kind === "crash") {
              crashAt = next.at;
              network("good");
              await track(2);
              await client.flush().catch(() => undefined);
              crashAt = null;
              client = await start();
            } else {
              world.storage().fillUpAfter(next.room);
              await track(3);
              client = await start();
            }
            const { recorded: known, acknowledged, pending, dropped } = client.diagnostics().events;
            expect(known).toBe(acknowledged + pending + dropped);
            expect(known).toBeGreaterThanOrEqual(recorded.size);
          }

          network("good");
          expect(await client.flush()).toMatchObject({ pending: 0, stopped: null });
          const end = client.diagnostics().events;
          expect(end).toMatchObject({ recorded: world.collector.events.size, pending: 0, dropped: 0 });
          for (const id of recorded) expect(world.collector.events.has(id)).toBe(true);
          expect(sentAfterAcknowledgement).toBe(0);
          const from = world.collector.received.length;
          await (await start()).flush();
          expect(world.collector.received).toHaveLength(from);
          if (!keepJournal) expect(journalNames(world)).toEqual([]);
        }),
        { numRuns: 150 },
      );
    },
  );
});
