import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LAST_TIME, type Acknowledgement } from "@tideline/spec";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { batchOf, bytesOf, post, tapOf } from "../../../../test/ingest/client.ts";
import { app } from "../../../../examples/activity/app.ts";
import type { LogRecord } from "../log-record.ts";
import { identityIndex } from "./identity.ts";
import { openLog, readLog } from "./log/index.ts";
import { MAX_PAYLOAD_BYTES } from "./log/frame.ts";
import { isTooLarge } from "./measure-event.ts";
import { openIngest, type OpenIngest } from "./open-ingest.ts";

let folder: string;
let ingest: OpenIngest;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tideline-hostile-"));
  const keys = { writeKeys: ["test-write-key"], pseudonymKey: new Uint8Array(32) };
  ingest = await openIngest(
    app,
    { folder, epoch: 1, appModule: "", port: 0, ...keys, clock: null },
    { onDurable: () => undefined, onFault: (error) => expect.unreachable(error.message) },
  );
});
afterEach(async () => {
  await ingest.close();
  await rm(folder, { recursive: true });
});

const send = (batch: unknown): Promise<Response> => post(ingest.address, bytesOf(batch));
const raw = (json: string): Promise<Response> => post(ingest.address, Buffer.from(json));

async function stored(): Promise<readonly LogRecord[]> {
  const records: LogRecord[] = [];
  for await (const { record } of readLog(folder, null)) records.push(record);
  return records;
}

test("a batch that grows beyond a record as it is written is refused whole, and nothing behind it is lost", async () => {
  // 5 bytes each as they come, 22 as they are written.
  const list = `[${"1e20,".repeat(1439)}1e20]`;
  const event = JSON.stringify(tapOf(1, { properties: { target: "@", screen: "x" } }));
  const events = Array.from({ length: 560 }, (_, seq) =>
    event.replace('"seq":1', `"seq":${seq}`).replace('"@"', list),
  );
  const header = JSON.stringify(batchOf("grows", [])).replace('"events":[]', '"events":[@]');
  const whole = await raw(header.replace("@", events.join(",")));
  expect(whole.status).toBe(413);
  expect(((await whole.json()) as { code: string }).code).toBe("BATCH_TOO_LARGE");
  // As a phone does then.
  expect((await raw(header.replace("@", events.slice(0, 280).join(",")))).status).toBe(200);
  expect((await raw(header.replace("@", events.slice(280).join(",")))).status).toBe(200);
  expect((await send(batchOf("after", [tapOf(1)]))).status).toBe(200);
  expect((await stored()).map(({ quarantined }) => quarantined.length)).toEqual([280, 280, 0]);
}, 20_000);

test("the log takes no record that its readers would take for damage", async () => {
  const log = await openLog({ folder: join(folder, "other"), epoch: 1 });
  for (const length of [0, MAX_PAYLOAD_BYTES + 1]) {
    await expect(log.append(new Uint8Array(length))).rejects.toThrow("BATCH_TOO_LARGE");
  }
  expect(log.waitingBytes()).toBe(0);
  await log.close();
});

describe("an event is too large", () => {
  const nested = (levels: number): unknown => JSON.parse("[".repeat(levels) + "]".repeat(levels));

  test("by its bytes or by its depth, neither of which costs more than it brings", () => {
    expect(isTooLarge(nested(20), 1000)).toBe(false);
    expect(isTooLarge(nested(40), 1000)).toBe(true);
    expect(isTooLarge({ a: [1, { b: "ü".repeat(10) }] }, 38)).toBe(false);
    expect(isTooLarge({ a: [1, { b: "ü".repeat(10) }] }, 37)).toBe(true);
    const deep = nested(50_000);
    expect(isTooLarge({ wide: Array<unknown>(1000).fill(deep) }, 1 << 20)).toBe(true);
  });

  test("and leaves its neighbours alone", async () => {
    const deep = `${"[".repeat(40_000)}${"]".repeat(40_000)}`;
    const json = JSON.stringify(batchOf("deep", [tapOf(1, { user: "@" }), tapOf(2)])).replace('"@"', deep);
    const answer = (await (await raw(json)).json()) as Acknowledgement;
    expect(answer.quarantined).toEqual([{ seq: 1, code: "EVENT_TOO_LARGE", field: "event" }]);
  });
});

test("numbers with a gap after each are taken in as quickly as others", () => {
  const index = identityIndex();
  const count = 60_000;
  for (let from = 0; from < count; from += 1000) {
    index.add(
      "phone",
      1,
      Array.from({ length: 1000 }, (_, at) => (from + at) * 2),
    );
  }
  const all = Array.from({ length: 2 * count }, (_, seq) => seq);
  expect(index.divide("phone", 1, all).duplicates).toBe(count);
  const [[install, epoch, set] = []] = [...index.entries()];
  expect([install, epoch, set?.length]).toEqual(["phone", 1, count]);
});

test("names that objects have by themselves, and the ends of all ranges, are data like any other", async () => {
  const last = Number.MAX_SAFE_INTEGER;
  for (const install of ["__proto__", "constructor", "-"]) {
    const own = `{"__proto__":{"x":1},"constructor":2,"target":"a","screen":"b"}`;
    const odd = JSON.stringify(
      batchOf(install, [tapOf(1), tapOf(last, { name: "__proto__" }), tapOf(0)], last),
    );
    const answer = (await (
      await raw(odd.replace('{"target":"button-1","screen":"home"}', own))
    ).json()) as Acknowledgement;
    expect(answer.acknowledged).toEqual([
      [0, 1],
      [last, last],
    ]);
    expect(answer.quarantined.map(({ seq, code }) => [seq, code])).toEqual([
      [1, "FIELD_UNKNOWN"],
      [last, "EVENT_UNKNOWN"],
    ]);
    const again = (await (await raw(odd)).json()) as Acknowledgement;
    expect(again.duplicates).toBe(3);
  }
  expect(Object.getPrototypeOf({})).toBe(Object.prototype);
  expect(({} as { x?: unknown }).x).toBeUndefined();
});

test("a time that no calendar knows is refused, and a clock that shows one is taken for its end", async () => {
  const events = [tapOf(1, { time: LAST_TIME }), tapOf(2, { time: LAST_TIME + 1 })];
  const batch = { ...batchOf("clock", events), sent_at: Number.MAX_SAFE_INTEGER };
  const answer = (await (await send(batch)).json()) as Acknowledgement;
  expect(answer.quarantined).toEqual([{ seq: 2, code: "TIME_INVALID", field: "time" }]);
  const [record] = await stored();
  expect(record!.sent_at).toBe(LAST_TIME);
  expect(new Date(record!.sent_at).toISOString()).toBe("+275760-09-13T00:00:00.000Z");
});

test("half a million broken events are counted, not read", async () => {
  const { status } = await raw(
    JSON.stringify(batchOf("many", [])).replace("[]", `[${"{},".repeat(499_999)}{}]`),
  );
  expect(status).toBe(413);
});

test("of a batch from which nothing may be kept the client's name is not, either", async () => {
  const sdk = "anna@example.com";
  await send({ ...batchOf("silent", [tapOf(1, { consent: [] })]), sdk });
  await send({ ...batchOf("agreed", [tapOf(1)]), sdk: "mine/1" });
  expect((await stored()).map((record) => record.sdk)).toEqual(["", "mine/1"]);
});
