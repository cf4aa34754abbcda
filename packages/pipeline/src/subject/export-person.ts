import { decodeSamples, type AppDefinition, type FrameReference } from "@tideline/spec";
import { findProof, folderRegion, listRequests, type CatalogReader } from "../catalog/index.ts";
import { identityIndex, type IdentityIndex } from "../ingest/identity.ts";
import {
  eventTables,
  literal,
  numbers,
  QUARANTINE,
  RECEIPT,
  STANDING,
  tableOf,
  tableSql,
  texts,
  type Engine,
  type Snapshot,
} from "../lake/index.ts";
import type { LogEvent, LogRecord } from "../log-record.ts";
import type { ArtifactStore } from "../release/index.ts";
import { derivedPeople } from "./derived-people.ts";
import type { FoundPerson } from "./find-person.ts";
import { subjectSql } from "./person-source.ts";
import { jsonSelection, propertiesOf, rowsOf } from "./row-json.ts";
import { inScope, namedScope, type SubjectScope } from "./scope.ts";
import { everyRecord, personalEvents } from "./stored-record.ts";
import { modelsTrainedOn } from "./trained-on.ts";
import { readUserQuestion } from "./user-question.ts";

/** Version of an export's lines. */
const EXPORT_FORMAT = 1;

/** What an export reads. */
export interface ExportSource {
  readonly folder: string;
  readonly engine: Engine;
  readonly catalog: CatalogReader;
  readonly artifacts: ArtifactStore;
  /** The newest snapshot; null before the first. */
  readonly snapshot: Snapshot | null;
  /** Today's declaration, for the original names of fields; null where it is not known. */
  readonly app: AppDefinition | null;
  readonly now: number;
}

/** One line of an export. */
export type ExportLine = Readonly<Record<string, unknown>> & { readonly kind: string };

/** SQL that holds for the rows of a table that are meant. */
function meantSql(table: string, { installs, subjects, pairs }: FoundPerson): string {
  const among = (column: string, names: readonly string[]): string =>
    names.length === 0 ? "false" : `${column} in (${names.map(literal).join(", ")})`;
  const byInstall = among("install_id", installs);
  if (table === RECEIPT) return byInstall;
  const subject = subjectSql(table);
  const onInstalls = pairs.map(
    (pair) => `(install_id = ${literal(pair.install)} and ${subject} = ${literal(pair.subject)})`,
  );
  return `(${[byInstall, among(subject, subjects), ...onInstalls].join(" or ")})`;
}

/** Stands where a row names a pseudonym that is not known to be the person's. */
const WITHHELD = "withheld";

/** An earlier pseudonym that an event names: none, the person's, or that there is one. */
type OwnName = (name: unknown) => { readonly previous_subject?: string };

/** Shows the person's own pseudonyms and no other one. */
function ownNameOf({ subjects, touched }: FoundPerson): OwnName {
  const own = new Set([...subjects, ...touched]);
  return (name) => (typeof name === "string" ? { previous_subject: own.has(name) ? name : WITHHELD } : {});
}

/** The content of a refused event, with an earlier pseudonym only where it is the person's. */
function contentOf(content: object | null, ownName: OwnName): object | null {
  const { previous, ...rest } = (content ?? {}) as { readonly previous?: unknown };
  return typeof previous === "string" ? { ...rest, ...ownName(previous) } : content;
}

/** A row of a table as a line. */
function lineOf(
  app: AppDefinition | null,
  table: string,
  row: Record<string, unknown>,
  ownName: OwnName,
): ExportLine {
  if (table === RECEIPT) {
    const { install_subject: nameless, ...rest } = row;
    const { previous_subject: name = null } = ownName(nameless);
    return { kind: "receipt", ...rest, install_subject: name };
  }
  if (table === QUARANTINE) {
    const { content, ...rest } = row;
    const kept = content === null ? null : contentOf(JSON.parse(String(content)) as object, ownName);
    return { kind: "quarantined", ...rest, content: kept };
  }
  const { install_id, epoch, seq, subject, schema_version, consent, key_id } = row;
  const { event_time, sent_time, received_time, known_time, time } = row;
  const times = { time, event_time, sent_time, received_time, known_time };
  const who = { subject, ...ownName(row["previous_subject"]) };
  if (table === STANDING) {
    const { watched, nameless } = row;
    return {
      kind: "standing",
      install_id,
      epoch,
      seq,
      ...who,
      time,
      received_time,
      known_time,
      consent,
      watched,
      nameless,
    };
  }
  const own = { event: table, install_id, epoch, seq, ...who, schema_version, ...times, consent, key_id };
  return { kind: "event", ...own, properties: propertiesOf(app, table, row) };
}

/** Lines of the lake; each identity that comes by is added to `seen`. */
async function* lakeLines(
  { engine, snapshot, app }: ExportSource,
  person: FoundPerson,
  seen: IdentityIndex,
): AsyncGenerator<ExportLine> {
  if (snapshot === null) return;
  const ownName = ownNameOf(person);
  for (const table of [...eventTables(snapshot), QUARANTINE, RECEIPT]) {
    const { columns } = tableOf(snapshot, table);
    const where = meantSql(table, person);
    const relation = tableSql(snapshot, table);
    for await (const piece of engine.stream(
      `select ${jsonSelection(columns)} from ${relation} where ${where}`,
    )) {
      // An event of the log that left something standing is in the log all the same.
      if (table !== RECEIPT && table !== STANDING) {
        const [epoch, seq] = [numbers(piece, "epoch"), numbers(piece, "seq")];
        const install = texts(piece, "install_id");
        for (const [row, name] of install.entries()) seen.add(name!, epoch[row]!, [seq[row]!]);
      }
      for (const row of rowsOf(piece, columns)) yield lineOf(app, table, row, ownName);
    }
  }
}

/** Properties of an event of the log, its frames with their samples. */
function logProperties(
  app: AppDefinition | null,
  { name, properties }: LogEvent,
  attachment: Uint8Array,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(properties).map(([field, value]) => {
      const type = app?.events[name]?.fields[field];
      if (type?.kind !== "frame" || typeof value !== "object" || value === null) return [field, value];
      const { offset, samples, ...rest } = value as FrameReference;
      const bytes = attachment.subarray(offset, offset + samples * type.channels.length * 4);
      const flat = decodeSamples(bytes);
      const channels = type.channels.map((channel, position) => [
        channel,
        Array.from({ length: samples }, (_, index) => flat[index * type.channels.length + position]),
      ]);
      return [field, { ...(Object.fromEntries(channels) as object), ...rest }];
    }),
  );
}

/** Times of a record, as the lake writes them. */
const recordTimes = ({ sent_at, received_at }: LogRecord) => ({
  sent_time: new Date(sent_at).toISOString(),
  received_time: new Date(received_at).toISOString(),
});

/** Lines of what stands in the logs and has not reached the lake. */
async function* logLines(
  { folder, app }: ExportSource,
  scope: SubjectScope,
  ownName: OwnName,
  seen: IdentityIndex,
): AsyncGenerator<ExportLine> {
  for await (const { record, attachment } of everyRecord(folder)) {
    const { install, epoch } = record;
    const isNew = (seq: number): boolean => seen.divide(install, epoch, [seq]).fresh.length > 0;
    const of = { install_id: install, epoch, sdk: record.sdk, ...recordTimes(record) };
    const personal = personalEvents(record);
    const isMeant = (index: number): boolean => {
      const { subject, moment, seq } = personal[index]!;
      return inScope(scope, install, subject, moment) && isNew(seq);
    };
    for (const [index, event] of record.events.entries()) {
      if (!isMeant(index)) continue;
      const { name, seq, subject, version, time, consent, key_id } = event;
      const who = { subject, ...ownName(event.previous) };
      const own = { event: name, ...of, seq, ...who, schema_version: version, consent, key_id };
      const event_time = new Date(time).toISOString();
      yield { kind: "event", ...own, event_time, properties: logProperties(app, event, attachment) };
    }
    for (const [index, refused] of record.quarantined.entries()) {
      if (!isMeant(record.events.length + index)) continue;
      yield { kind: "quarantined", ...of, ...refused, content: contentOf(refused.content, ownName) };
    }
  }
}

/** Lines of what the catalog knows. */
async function* catalogLines(
  { catalog, artifacts }: ExportSource,
  person: FoundPerson,
): AsyncGenerator<ExportLine> {
  const iso = (at: number): string => new Date(at).toISOString();
  for (const install of person.installs) {
    const proof = await findProof(catalog, install);
    if (proof !== undefined) yield { kind: "proof", install_id: install, first_seen: iso(proof.first_at) };
  }
  const installs = new Set(person.installs);
  for (const { id, kind, state, created_at, install, subject } of await listRequests(catalog)) {
    const isOwn =
      (install !== null && installs.has(install)) ||
      (subject !== null && person.subjects.includes(readUserQuestion(subject).subject));
    if (isOwn) yield { kind: "request", request: id, asked_for: kind, state, at: iso(created_at) };
  }
  for (const taught of await modelsTrainedOn(catalog, artifacts, derivedPeople(person), () => false)) {
    yield { kind: "trained", ...taught };
  }
}

/**
 * Everything that a folder holds of a person, line by line: a header, what the lake holds (what stands of events past
 * their retention as `standing`, which are no events), what the logs hold beyond
 * it, what the catalog knows, and an end that counts the lines, so that an export that was cut off is seen to be.
 * Nothing is held but the numbers of the events that have come by.
 */
export async function* exportPerson(source: ExportSource, person: FoundPerson): AsyncGenerator<ExportLine> {
  const seen = identityIndex();
  const { installs, subjects, pairs, shared, linked, passedOver } = person;
  yield {
    kind: "header",
    format: EXPORT_FORMAT,
    app: source.app?.name ?? source.snapshot?.manifest.app ?? null,
    // Where it lies; nothing where the folder was made without a region.
    region: await folderRegion(source.folder),
    exported_at: new Date(source.now).toISOString(),
    snapshot: source.snapshot?.id ?? null,
    installs,
    subjects,
    // What these sent before they had a user may be somebody else's and is left out.
    shared_installs: shared,
    // Ids that phones claimed to be the person's too: followed on these phones, and left where others sent them.
    aliases: {
      followed: linked.filter(({ followed }) => followed > 0).map(({ subject }) => subject),
      left: linked.filter(({ left }) => left > 0).length,
      // Where a phone claims too many, how many of its claims nobody looked at.
      ...(passedOver === 0 ? {} : { passed_over: passedOver }),
    },
  };
  let lines = 0;
  const parts = [
    lakeLines(source, person, seen),
    logLines(source, namedScope(installs, subjects, pairs), ownNameOf(person), seen),
    catalogLines(source, person),
  ];
  for (const part of parts) {
    for await (const line of part) {
      lines += 1;
      yield line;
    }
  }
  yield { kind: "end", lines };
}
