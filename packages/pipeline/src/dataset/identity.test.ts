import { expect, onTestFinished, test } from "vitest";
import { numbers, tableSql, texts } from "../lake/index.ts";
import { openLake } from "../lake/testing/open-lake.ts";
import { sampleLog, type SampleRecord } from "../lake/testing/sample-log.ts";
import type { LogEntry, LogPosition } from "../log-record.ts";
import { forgetIdentities, openIdentity } from "./identity.ts";
import { personHistory } from "./person-interval.ts";
import { readPersonLinks } from "./person-link.ts";

const T0 = 1_700_000_000_000;

/** One event of a phone, received at a second. */
function record(second: number, seq: number, subject: string): SampleRecord {
  return {
    received_at: T0 + second * 1000,
    sent_at: T0 + second * 1000,
    events: [
      {
        seq,
        name: "motion",
        subject,
        time: T0 + second * 1000,
        properties: { session: "s", start: seq, samples: new Float32Array(2) },
      },
    ],
  };
}

/** A log whose records name the install's pseudonym, and whose last event names the user before. */
function logOf(records: readonly SampleRecord[], alias?: { readonly at: number; readonly previous: string }) {
  return async function* read(from: LogPosition | null): AsyncGenerator<LogEntry> {
    for await (const entry of sampleLog(records)(from)) {
      const events = entry.record.events.map((event) =>
        event.seq === alias?.at ? { ...event, previous: alias.previous } : event,
      );
      yield { ...entry, record: { ...entry.record, install_subject: "nameless", events } };
    }
  };
}

/** The last one happened at the very moment from which the link is known. */
const early = [record(1, 1, "nameless"), record(2, 2, "anna"), record(2, 3, "nameless")];

test("each row belongs to the person as of its time; a late alias changes no row of before", async () => {
  const lake = await openLake(onTestFinished);
  const rowsOf = async (read: ReturnType<typeof logOf>) => {
    const { snapshot } = await lake.compact(read);
    const { asOf } = await openIdentity(lake.engine, snapshot!);
    const columns = await lake.engine.columns(
      `select seq, person from ${asOf(tableSql(snapshot!, "motion"), "time")} order by seq`,
    );
    const people = texts(columns, "person");
    return [...numbers(columns, "seq")].map((seq, row) => `${seq} ${people[row]}`);
  };
  const before = ["1 nameless", "2 anna", "3 anna"];
  expect(await rowsOf(logOf(early))).toEqual(before);
  // Anna gets another id, and then somebody else uses the phone.
  const later = [
    ...early,
    record(4, 4, "anna-2"),
    record(5, 5, "nameless"),
    record(6, 6, "ben"),
    record(7, 7, "anna"),
  ];
  expect(await rowsOf(logOf(later, { at: 4, previous: "anna" }))).toEqual([
    ...before,
    "4 anna-2",
    "5 anna-2",
    "6 ben",
    "7 anna-2",
  ]);
});

test("a lake of before there were links says that everybody is who they are", async () => {
  const lake = await openLake(onTestFinished);
  const { snapshot } = await lake.compact(sampleLog(early));
  const old = {
    ...snapshot!,
    manifest: {
      ...snapshot!.manifest,
      tables: Object.fromEntries(
        Object.entries(snapshot!.manifest.tables).map(([name, table]) => [
          name,
          {
            ...table,
            columns: table.columns.filter((column) => !/^(install|previous)_subject$/.test(column.name)),
          },
        ]),
      ),
    },
  };
  const { asOf } = await openIdentity(lake.engine, old);
  const columns = await lake.engine.columns(
    `select person from ${asOf(tableSql(old, "motion"), "time")} order by seq`,
  );
  expect(texts(columns, "person")).toEqual(["nameless", "anna", "nameless"]);
});

test("an alias counts where its install had sent something as the earlier id, and from then on", async () => {
  const lake = await openLake(onTestFinished);
  const read = async function* (from: LogPosition | null): AsyncGenerator<LogEntry> {
    const records = [
      { ...record(1, 1, "anna"), install: "phone" },
      // Whoever merely knows the id, and whoever sends as it only afterwards.
      { ...record(2, 1, "eve"), install: "attacker" },
      { ...record(3, 2, "anna"), install: "attacker" },
      { ...record(4, 2, "anna-2"), install: "phone" },
    ];
    const claims = new Map([
      ["attacker 1", "anna"],
      ["phone 2", "anna"],
    ]);
    for await (const entry of sampleLog(records)(from)) {
      const events = entry.record.events.map((event) => {
        const previous = claims.get(`${entry.record.install} ${event.seq}`);
        return previous === undefined ? event : { ...event, previous };
      });
      yield { ...entry, record: { ...entry.record, events } };
    }
  };
  const { snapshot } = await lake.compact(read);
  expect(await readPersonLinks(lake.engine, snapshot!)).toEqual([
    { from: "anna", to: "anna-2", known: T0 + 4000, claimed: T0 + 4000, nameless: false },
  ]);
  const identity = await openIdentity(lake.engine, snapshot!);
  expect(identity).toBe(await openIdentity(lake.engine, snapshot!));
  expect(["anna", "anna-2", "eve"].map(identity.personOf)).toEqual(["anna-2", "anna-2", "eve"]);
  const tables = async () =>
    texts(await lake.engine.columns("select table_name as name from duckdb_tables()"), "name");
  expect(await tables()).toHaveLength(3);
  // An erasure asks for it: nothing of whom it took stays in memory.
  await forgetIdentities(lake.engine);
  expect(await tables()).toEqual([]);
});

test("a phone that never sent without a user links nothing; once it does, its first user counts", async () => {
  const lake = await openLake(onTestFinished);
  const linksOf = async (records: readonly SampleRecord[]) => {
    const { snapshot } = await lake.compact(logOf(records));
    return readPersonLinks(lake.engine, snapshot!);
  };
  const named = [record(1, 1, "zoe"), record(2, 2, "anna")];
  expect(await linksOf(named)).toEqual([]);
  const links = await linksOf([...named, record(3, 3, "nameless")]);
  expect(links.map(({ to, known }) => [to, known - T0])).toEqual([
    ["zoe", 3000],
    ["anna", 3000],
  ]);
  expect(personHistory(links).people.get("nameless")).toBe("zoe");
});
