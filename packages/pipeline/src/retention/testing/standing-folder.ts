import { temporaryFolder, type OnFinished } from "../../catalog/testing/temporary-folder.ts";
import { consentingSql, openIdentity, personSql } from "../../dataset/index.ts";
import { compact, eventTables, latestSnapshot, STANDING, tableSql, texts } from "../../lake/index.ts";
import { LOG_RECORD_FORMAT, type LogEntry, type LogEvent, type LogRecord } from "../../log-record.ts";
import { DAY, NOW, openRetained } from "./retained-folder.ts";

/** An event of these tests. */
export interface Sent {
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
export type Batch = readonly [days: number, install: string, sent: readonly Sent[]];

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
export async function openStanding(batches: readonly Batch[], onFinished: OnFinished) {
  const folder = await openRetained(temporaryFolder(onFinished));
  onFinished(folder.close);
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
    /** What a pseudonym is to a model of `p`. */
    maySay: async (subject: string) => {
      const snapshot = await newest();
      const relation = (table: string): string => tableSql(snapshot, table);
      const people = { relation, identity: await openIdentity(folder.engine, snapshot) };
      const among = async (sql: string) =>
        texts(await folder.engine.columns(sql), "subject").includes(subject);
      if (!(await among(consentingSql("p", people, eventTables(snapshot))))) return "withdrawn";
      const roles = personSql(folder.app.models[0]!.cohorts, people);
      return (await among(`select subject from (${roles}) where role = 'control'`)) ? "control" : "teaches";
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
