import { expect, onTestFinished, test } from "vitest";
import { temporaryFolder } from "../catalog/testing/temporary-folder.ts";
import { consentingSql, openIdentity, personSql } from "../dataset/index.ts";
import {
  compact,
  eventTables,
  latestSnapshot,
  STANDING,
  tableOf,
  tableSql,
  texts,
  verifySnapshot,
} from "../lake/index.ts";
import { LOG_RECORD_FORMAT, type LogEntry, type LogEvent, type LogRecord } from "../log-record.ts";
import { eraseLake } from "../subject/erase-lake.ts";
import { namedScope } from "../subject/scope.ts";
import { DAY, NOW, openRetained } from "./testing/retained-folder.ts";

/** An event of these tests. */
interface Sent {
  readonly seq: number;
  readonly name: string;
  readonly at: string;
  readonly subject?: string;
  readonly previous?: string;
  readonly consent?: readonly string[];
  /** Days before {@link NOW} on which it happened; that on which it was sent. */
  readonly ago?: number;
}

/** What a phone sent on a day before {@link NOW}. */
type Batch = readonly [days: number, install: string, sent: readonly Sent[]];

/** A record of the log as an ingest server writes it. */
function recordOf([days, install, sent]: Batch): LogRecord {
  const at = NOW - days * DAY;
  const events = sent.map(
    ({ seq, name, at: text, subject = "ada", previous, consent = ["p", "q"], ago = days }): LogEvent => ({
      seq,
      name,
      version: 1,
      sent_version: 1,
      time: NOW - ago * DAY,
      subject,
      ...(previous !== undefined && { previous }),
      key_id: null,
      consent,
      properties: { at: text },
    }),
  );
  const from = { install, epoch: 1, sdk: "t", install_subject: `nobody on ${install}` };
  const format = LOG_RECORD_FORMAT;
  return { format, received_at: at, sent_at: at, ...from, events, quarantined: [], duplicates: 0 };
}

/** A folder in whose lake stands what phones sent, oldest first. */
async function folderOf(batches: readonly Batch[]) {
  const folder = await openRetained(temporaryFolder(onTestFinished));
  onTestFinished(folder.close);
  const newest = async () => (await latestSnapshot(folder.catalog, folder.folder))!;
  let offset = 0;
  const add = async (...more: readonly Batch[]): Promise<void> => {
    const read = async function* (): AsyncGenerator<LogEntry> {
      for (const batch of more) {
        offset += 1;
        const position = { epoch: 1, segment: 1, offset };
        yield { record: recordOf(batch), attachment: new Uint8Array(), position };
      }
    };
    await compact({ ...folder, clock: () => NOW, read });
  };
  await add(...batches);
  return {
    ...folder,
    newest,
    add,
    retain: (at: number) => folder.retain(at, false),
    /** Numbers of what stands. */
    standing: async () => {
      const sql = `select seq::varchar as seq from ${tableSql(await newest(), STANDING)} order by seq`;
      return texts(await folder.engine.columns(sql), "seq").join();
    },
    /** How many pseudonyms may teach `p`, and how many are watched. */
    allowed: async () => {
      const snapshot = await newest();
      const relation = (table: string): string => tableSql(snapshot, table);
      const people = { relation, identity: await openIdentity(folder.engine, snapshot) };
      const count = async (sql: string) => texts(await folder.engine.columns(sql), "subject").length;
      const roles = personSql(folder.app.models[0]!.cohorts, people);
      return {
        teach: await count(consentingSql("p", people, eventTables(snapshot))),
        watched: await count(`select subject from (${roles}) where role = 'control'`),
      };
    },
  };
}

const note = (seq: number, more: Partial<Sent> = {}): Sent => ({ seq, name: "note", at: "written", ...more });
const tap = (seq: number, more: Partial<Sent> = {}): Sent => ({ seq, name: "tap", at: "tapped", ...more });
const withdrawn = { consent: ["q"] };

test("a withdrawal outlives the event that said it, as long as anything of the person is there", async () => {
  const folder = await folderOf([
    [10, "phone", [note(1)]],
    [5, "phone", [tap(2, withdrawn)]],
    [5, "else", [note(1, { subject: "ben" })]],
  ]);
  expect(await folder.allowed()).toMatchObject({ teach: 1 });
  await folder.retain(NOW);
  const snapshot = await folder.newest();
  await verifySnapshot(snapshot);
  expect(snapshot.manifest.counts).toMatchObject({ events: 2 });
  expect(tableOf(snapshot, STANDING).rows).toBe(1);
  expect(await folder.allowed()).toMatchObject({ teach: 1 });
  // A second look has nothing to do, and what comes later goes on from there.
  expect(await folder.retain(NOW + 1)).toMatchObject({ lake: { deleted: 0, snapshot: snapshot.id } });
  await folder.add([0, "third", [note(1, { subject: "eve" })]]);
  expect(await folder.allowed()).toMatchObject({ teach: 2 });
  // What was left out once is in again where the person says so.
  await folder.add([0, "phone", [note(3)]]);
  expect(await folder.allowed()).toMatchObject({ teach: 3 });
});

test("what stands holds nothing that an app wrote, is replaced by what is newer, and goes with its person", async () => {
  const folder = await folderOf([
    [10, "phone", [note(1)]],
    [5, "phone", [tap(2), tap(3), tap(4), tap(5, withdrawn)]],
  ]);
  await folder.retain(NOW);
  const first = await folder.newest();
  expect(first.manifest.tables[STANDING]!.columns.map(({ name }) => name)).not.toContain("at");
  expect(await folder.standing()).toBe("2,5");
  await folder.add([0, "phone", [tap(6, withdrawn)]]);
  await folder.retain(NOW + 2 * DAY);
  expect(await folder.standing()).toBe("2,6");
  await verifySnapshot(await folder.newest());
  // The note is gone after 190 days, what stands not before the longest retention is over.
  await folder.retain(NOW + 191 * DAY);
  expect(tableOf(await folder.newest(), STANDING).rows).toBe(2);
  await folder.retain(NOW + 201 * DAY);
  expect((await folder.newest()).manifest.tables[STANDING]).toBeUndefined();
});

test("what stands outlives every retention while a row of its person, under whichever pseudonym, is there", async () => {
  const folder = await folderOf([
    [200, "phone", [note(1), tap(2, { subject: "ada-2", previous: "ada", ...withdrawn })]],
    // Another phone of hers, which had been switched off, sends what she wrote before.
    [20, "old", [note(1, { ago: 201 })]],
  ]);
  await folder.retain(NOW - 198 * DAY);
  expect(await folder.allowed()).toMatchObject({ teach: 0 });
  await folder.retain(NOW + DAY);
  expect((await folder.newest()).manifest.counts.events).toBe(1);
  expect(await folder.allowed()).toMatchObject({ teach: 0 });
  await folder.retain(NOW + 181 * DAY);
  expect((await folder.newest()).manifest.tables[STANDING]).toBeUndefined();
});

test("an id's successor and a phone's user stay the same person when the events that said so are gone", async () => {
  const folder = await folderOf([
    [10, "phone", [note(1), note(2, { subject: "ada-2", previous: "ada", consent: ["p", "q"] })]],
    [9, "shared", [tap(1, { subject: "nobody on shared" }), note(2, { subject: "ben" })]],
    [5, "phone", [tap(3, { subject: "ada-3", previous: "ada-2", ...withdrawn })]],
    [4, "shared", [tap(3, { subject: "nobody on shared", ...withdrawn })]],
  ]);
  expect(await folder.allowed()).toMatchObject({ teach: 0 });
  await folder.retain(NOW);
  expect(await folder.allowed()).toMatchObject({ teach: 0 });
});

test("whoever was in the control group once stays there when the enrolment is gone", async () => {
  const folder = await folderOf([
    [10, "phone", [tap(1, { at: "watched" }), note(2)]],
    [0, "phone", [tap(3, { at: "taught" })]],
  ]);
  expect(await folder.allowed()).toMatchObject({ watched: 1 });
  await folder.retain(NOW);
  expect(await folder.allowed()).toMatchObject({ watched: 1 });
});

test("an erasure reaches what stands", async () => {
  const folder = await folderOf([[5, "phone", [tap(1), tap(2, { subject: "ben" })]]]);
  await folder.retain(NOW);
  const context = { ...folder, clock: () => NOW };
  expect(await eraseLake(context, namedScope([], ["ada"], []))).toMatchObject({ deleted: 1 });
  expect(tableOf(await folder.newest(), STANDING).rows).toBe(1);
  expect((await folder.newest()).manifest.counts.events).toBe(0);
  expect(await folder.standing()).toBe("2");
});
