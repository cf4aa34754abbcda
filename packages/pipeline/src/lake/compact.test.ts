import * as fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { defineApp, event, t } from "@tideline/spec";
import { numbers, texts } from "./column-access.ts";
import { countStoredDuplicates } from "./drop-known.ts";
import { tableSql } from "./scan.ts";
import type { SampleEvent, SampleRecord } from "./testing/sample-log.ts";
import { everything, motion, sampleApp, sampleLog } from "./testing/sample-log.ts";
import { openLake } from "./testing/open-lake.ts";
import { verifySnapshot } from "./verify-snapshot.ts";

const plain = { text: "a", count: 1, ratio: 0.5, flag: true, at: 0, point: [1, 2, 3] };

const someEvent = fc.oneof(
  fc.record({
    seq: fc.nat(40),
    name: fc.constant("everything"),
    subject: fc.constantFrom("1".repeat(32), "a".repeat(32), "ff00".repeat(8)),
    time: fc.nat(Number.MAX_SAFE_INTEGER),
    consent: fc.constantFrom(["research"], ["research", "ads"]),
    properties: fc.record(
      {
        text: fc.string({ unit: "binary", maxLength: 20 }),
        count: fc.maxSafeInteger(),
        ratio: fc.double({ noNaN: true, noDefaultInfinity: true }),
        flag: fc.boolean(),
        at: fc.maxSafeInteger(),
        point: fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: 3, maxLength: 3 }),
        note: fc.string({ maxLength: 5 }),
      },
      { requiredKeys: ["text", "count", "ratio", "flag", "at", "point"] },
    ),
  }),
  fc.record({
    seq: fc.nat(40),
    name: fc.constant("motion"),
    subject: fc.constantFrom("1".repeat(32), "a".repeat(32)),
    properties: fc.record({
      session: fc.constantFrom("s", "it's"),
      start: fc.nat(100),
      samples: fc.float32Array({ minLength: 2, maxLength: 2 }),
    }),
  }),
);

const someRecord: fc.Arbitrary<SampleRecord> = fc.record({
  install: fc.constantFrom("p1", "p2"),
  epoch: fc.integer({ min: 1, max: 2 }),
  received_at: fc.nat(Number.MAX_SAFE_INTEGER),
  sent_at: fc.nat(Number.MAX_SAFE_INTEGER),
  duplicates: fc.nat(2),
  events: fc.array(someEvent as fc.Arbitrary<SampleEvent>, { maxLength: 12 }),
  quarantined: fc.array(
    fc.record({
      seq: fc.nat(40),
      name: fc.constant("tap"),
      code: fc.constant("FIELD_MISSING"),
      field: fc.constant("target"),
      reason: fc.constant("nothing"),
      content: fc.constantFrom(null, { a: 1 }),
    }),
    { maxLength: 2 },
  ),
});

/** What the lake should hold: the first row of each identity, as text, sorted. */
function expected(records: readonly SampleRecord[]): { rows: string[]; dropped: number } {
  const rows = new Map<string, string>();
  let total = 0;
  for (const { install, epoch, received_at, events, quarantined } of records) {
    const add = (seq: number, row: unknown) => {
      total += 1;
      const key = `${install} ${epoch} ${seq}`;
      if (!rows.has(key)) rows.set(key, JSON.stringify([install, epoch, seq, row]));
    };
    for (const { seq, name, subject, consent, properties: values } of events!) {
      const row =
        name === "motion"
          ? [values["session"], values["start"], [...(values["samples"] as Float32Array)]]
          : [
              values["text"],
              values["count"],
              values["ratio"],
              values["flag"],
              values["at"],
              [...Float32Array.from(values["point"] as number[])],
              values["note"] ?? null,
              consent!.join(),
            ];
      add(seq, [name, subject, received_at, ...row].map(plainNumber));
    }
    for (const { seq, content } of quarantined!) add(seq, ["quarantine", JSON.stringify(content)]);
  }
  return { rows: [...rows.values()].sort(), dropped: total - rows.size };
}

/** JSON that says NaN, infinities and -0 apart. */
function plainNumber(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plainNumber);
  return typeof value === "number" && (!Number.isFinite(value) || Object.is(value, -0))
    ? `${1 / value}/${value}`
    : value;
}

/** What the lake holds, in the same form. */
async function stored(lake: Awaited<ReturnType<typeof openLake>>, snapshot: Parameters<typeof tableSql>[0]) {
  const rows: string[] = [];
  const identity = "install_id, epoch, seq, subject, received_time";
  const first = await lake.engine.columns(
    `select ${identity}, "text", count, ratio, flag, "at", point, note, array_to_string(consent, ',') as consent
       from ${tableSql(snapshot, "everything")}`,
  );
  const second = await lake.engine.columns(
    `select ${identity}, session, "start", samples_x, samples_y from ${tableSql(snapshot, "motion")}`,
  );
  for (const [columns, name] of [
    [first, "everything"],
    [second, "motion"],
  ] as const) {
    const number = (column: string, row: number) => numbers(columns, column)[row]!;
    const text = (column: string, row: number) => texts(columns, column)[row]!;
    const list = (column: string, row: number) => {
      const { values, offsets } = columns[column] as { values: Float32Array; offsets: Int32Array };
      return [...values.subarray(offsets[row]!, offsets[row + 1]!)];
    };
    for (let row = 0; row < texts(columns, "subject").length; row += 1) {
      const values =
        name === "motion"
          ? [
              text("session", row),
              number("start", row),
              [...list("samples_x", row), ...list("samples_y", row)],
            ]
          : [
              text("text", row),
              number("count", row),
              number("ratio", row),
              number("flag", row) === 1,
              number("at", row),
              list("point", row),
              text("note", row),
              text("consent", row),
            ];
      const head = [name, text("subject", row), number("received_time", row)];
      rows.push(
        JSON.stringify([
          text("install_id", row),
          number("epoch", row),
          number("seq", row),
          [...head, ...values].map(plainNumber),
        ]),
      );
    }
  }
  const refused = await lake.engine.columns(
    `select install_id, epoch, seq, content from ${tableSql(snapshot, "quarantine")}`,
  );
  for (const [row, install] of texts(refused, "install_id").entries()) {
    const content = texts(refused, "content")[row] ?? "null";
    const key = [install, numbers(refused, "epoch")[row], numbers(refused, "seq")[row]];
    rows.push(JSON.stringify([...key, ["quarantine", content]]));
  }
  return rows.sort();
}

test("the lake holds what the log holds exactly once, however the log is cut into compactions", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(someRecord, { minLength: 1, maxLength: 8 }),
      fc.array(fc.nat(8), { maxLength: 3 }),
      async (records, cuts) => {
        const lake = await openLake(onTestFinished);
        for (const until of [...cuts.sort((a, b) => a - b), records.length]) {
          await lake.compact(sampleLog(records, until));
        }
        const { snapshot } = await lake.compact(sampleLog(records));
        const { rows, dropped } = expected(records);
        expect(await stored(lake, snapshot!)).toEqual(rows);
        const { counts, tables } = snapshot!.manifest;
        expect(counts.events + counts.quarantined).toBe(rows.length);
        expect(counts.duplicates_dropped).toBe(dropped);
        expect(counts.receipts).toBe(records.length);
        expect(counts.duplicates_received).toBe(
          records.reduce((sum, { duplicates }) => sum + duplicates!, 0),
        );
        expect(tables["receipt"]!.rows).toBe(records.length);
        await expect(countStoredDuplicates(lake.engine, snapshot!)).resolves.toBe(0);
        await verifySnapshot(snapshot!);
      },
    ),
    { numRuns: 12, seed: 1 },
  );
});

test("the same log makes the same snapshot in another folder", async () => {
  const records = fc.sample(someRecord, { numRuns: 12, seed: 2 });
  const ids = [];
  for (let round = 0; round < 2; round += 1) {
    const lake = await openLake(onTestFinished);
    await lake.compact(sampleLog(records, 5));
    ids.push((await lake.compact(sampleLog(records))).snapshot!.id);
  }
  expect(ids[1]).toBe(ids[0]);
});

test("nothing new makes no new snapshot, and a big range is cut", async () => {
  const lake = await openLake(onTestFinished);
  await expect(lake.compact(sampleLog([]))).resolves.toEqual({ snapshot: null, records: 0, complete: true });
  const records = [1, 2, 3].map((seq) => ({ events: [{ seq, name: "everything", properties: plain }] }));
  const first = await lake.compact(sampleLog(records), sampleApp, 500);
  expect(first).toMatchObject({ records: 2, complete: false });
  const second = await lake.compact(sampleLog(records), sampleApp, 500);
  expect(second).toMatchObject({ records: 1, complete: true });
  expect(second.snapshot!.manifest.parent).toBe(first.snapshot!.id);
  const third = await lake.compact(sampleLog(records));
  expect(third).toEqual({ snapshot: second.snapshot, records: 0, complete: true });
});

test("time is the device's, corrected by the clock error at sending and never after receipt", async () => {
  const lake = await openLake(onTestFinished);
  const records = [
    {
      sent_at: 5000,
      received_at: 65_000,
      events: [{ seq: 1, name: "everything", time: 2000, properties: plain }],
    },
    {
      sent_at: 5000,
      received_at: 65_000,
      events: [{ seq: 2, name: "everything", time: 9000, properties: plain }],
    },
  ];
  const { snapshot } = await lake.compact(sampleLog(records));
  const columns = await lake.engine.columns(
    `select event_time, sent_time, received_time, known_time, "time" from ${tableSql(snapshot!, "everything")} order by seq`,
  );
  expect([...numbers(columns, "event_time")]).toEqual([2000, 9000]);
  expect([...numbers(columns, "sent_time")]).toEqual([5000, 5000]);
  expect([...numbers(columns, "known_time")]).toEqual([65_000, 65_000]);
  expect([...numbers(columns, "time")]).toEqual([62_000, 65_000]);
  const late = `select count(*) as rows from ${tableSql(snapshot!, "everything", { since: 62_001 })}`;
  expect([...numbers(await lake.engine.columns(late), "rows")]).toEqual([1]);
});

test("text with a NUL, quotes and letters beyond the first plane comes back whole", async () => {
  const lake = await openLake(onTestFinished);
  const text = `a\u0000b'"\\ 🌊`;
  const records = [
    { install: text, events: [{ seq: 1, name: "everything", properties: { ...plain, text } }] },
  ];
  const { snapshot } = await lake.compact(sampleLog(records));
  const columns = await lake.engine.columns(
    `select install_id, "text" from ${tableSql(snapshot!, "everything")}`,
  );
  expect([...texts(columns, "text"), ...texts(columns, "install_id")]).toEqual([text, text]);
});

test("many small files of a bucket become one, and the older snapshots keep theirs", async () => {
  const lake = await openLake(onTestFinished);
  const records = Array.from({ length: 10 }, (_, seq) => ({
    events: [{ seq, name: "everything", properties: plain }],
  }));
  const snapshots = [];
  for (let until = 1; until <= 10; until += 1) {
    snapshots.push((await lake.compact(sampleLog(records, until))).snapshot!);
  }
  const files = snapshots.map(({ manifest }) => manifest.tables["everything"]!.files.length);
  expect(files).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 1, 2]);
  for (const [index, snapshot] of snapshots.entries()) {
    await verifySnapshot(snapshot);
    const columns = await lake.engine.columns(
      `select seq from ${tableSql(snapshot, "everything")} order by seq`,
    );
    expect([...numbers(columns, "seq")]).toEqual(Array.from({ length: index + 1 }, (_, seq) => seq));
  }
});

const version = (
  fields: Parameters<typeof event>[1],
  number: number,
  previous: Parameters<typeof event>[2]["previous"] = [],
) =>
  defineApp({
    ...sampleApp,
    events: [event("everything", fields, { purpose: "research", retain: "90d", version: number, previous })],
  });

test("a table follows its event: older rows lack the new column, dropped columns stay readable", async () => {
  const lake = await openLake(onTestFinished);
  const [one, two] = [
    { a: t.int(), b: t.string() },
    { a: t.float(), c: t.string() },
  ];
  const upgrade = { rename: { b: "c" } };
  const [first, second] = [version(one, 1), version(two, 2, [{ version: 1, fields: one, upgrade }])];
  const records: SampleRecord[] = [
    { events: [{ seq: 1, name: "everything", properties: { a: 1, b: "old" } }] },
    // Accepted as version 1, compacted when version 2 was declared.
    { events: [{ seq: 2, name: "everything", properties: { a: 2, b: "between" } }] },
    { events: [{ seq: 3, name: "everything", version: 2, properties: { a: 2.5, c: "new" } }] },
    // No longer declared at all: kept in the quarantine.
    {
      events: [
        { seq: 4, name: "motion", properties: { session: "s", start: 0, samples: new Float32Array(2) } },
      ],
    },
  ];
  await lake.compact(sampleLog(records, 1), first);
  const { snapshot } = await lake.compact(sampleLog(records), second);
  const rows = await lake.engine.columns(
    `select seq, a, b, c, schema_version from ${tableSql(snapshot!, "everything")} order by seq`,
  );
  expect([...numbers(rows, "a")]).toEqual([1, 2, 2.5]);
  expect(texts(rows, "b")).toEqual(["old", null, null]);
  expect(texts(rows, "c")).toEqual([null, "between", "new"]);
  expect([...numbers(rows, "schema_version")]).toEqual([1, 2, 2]);
  const refused = await lake.engine.columns(`select code, content from ${tableSql(snapshot!, "quarantine")}`);
  expect(texts(refused, "code")).toEqual(["EVENT_UNKNOWN"]);
  expect(JSON.parse(texts(refused, "content")[0]!)).toMatchObject({ properties: { session: "s" } });
});

test("a field whose type changed under the same name is refused, and nothing is written", async () => {
  const lake = await openLake(onTestFinished);
  const records: SampleRecord[] = [{ events: [{ seq: 1, name: "everything", properties: { a: "x" } }] }];
  const { snapshot } = await lake.compact(sampleLog(records), version({ a: t.string() }, 1));
  const more: SampleRecord[] = [
    ...records,
    { events: [{ seq: 2, name: "everything", properties: { a: 1 } }] },
  ];
  await expect(lake.compact(sampleLog(more), version({ a: t.int() }, 1))).rejects.toThrow(
    /everything.*: a: expected VARCHAR, received BIGINT.*new name.*\[DEFINITION_ILLEGAL\]/,
  );
  await expect(lake.compact(sampleLog(records))).resolves.toMatchObject({ snapshot: { id: snapshot!.id } });
});

test("names that the lake needs for itself are refused", async () => {
  const lake = await openLake(onTestFinished);
  const named = defineApp({ ...sampleApp, events: [{ ...motion, name: "receipt" }] });
  await expect(lake.compact(sampleLog([{}]), named)).rejects.toThrow("[DEFINITION_ILLEGAL]");
  const twice = defineApp({
    ...sampleApp,
    events: [{ ...motion, fields: { ...motion.fields, samples_x: t.int() } }],
  });
  await expect(lake.compact(sampleLog([{}]), twice)).rejects.toThrow(/samples_x.*\[DEFINITION_ILLEGAL\]/);
});

test("a table without rows is empty and typed", async () => {
  const lake = await openLake(onTestFinished);
  const { snapshot } = await lake.compact(sampleLog([{}]));
  expect(
    await lake.engine.columns(`select "text", count, point from ${tableSql(snapshot!, everything.name)}`),
  ).toEqual({
    text: [],
    count: new Float64Array(0),
    point: { values: new Float32Array(0), offsets: new Int32Array(1) },
  });
  expect(() => tableSql(snapshot!, "nothing")).toThrow(/everything, motion.*\[NOT_FOUND\]/);
});
