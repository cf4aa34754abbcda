import { checkEvidence, compareFigure, type Finding } from "./figure.ts";
import { identityOf, inRanges, type PhoneJournal, type Recorded } from "./journal.ts";
import { quoted, type Lake, type Row } from "./lake.ts";
import { QUARANTINE, RECEIPT } from "./manifest.ts";

/** What was recorded, by identity, and where it is now. */
export interface EventAudit {
  readonly findings: readonly Finding[];
  /** Every event of every journal, by identity. */
  readonly recorded: ReadonlyMap<string, Recorded>;
}

/** The parts of the report that this file recomputes. */
export interface EventReport {
  readonly events?: Readonly<Record<string, unknown>>;
  readonly quarantine?: Readonly<Record<string, unknown>>;
}

interface Place {
  readonly identity: string;
  readonly table: string;
}

/** Identities of every row of the snapshot, the receipts aside. */
async function readPlaces(lake: Lake): Promise<readonly Place[]> {
  const places: Place[] = [];
  for (const table of Object.keys(lake.manifest.tables)) {
    if (table === RECEIPT) continue;
    const rows = await lake.rows(`select install_id as install, epoch, seq from ${lake.relation(table)}`);
    for (const row of rows) {
      places.push({ identity: identityOf(row as unknown as Parameters<typeof identityOf>[0]), table });
    }
  }
  return places;
}

/** Everything in the journals, with what they hold twice or not whole. */
function readRecorded(phones: readonly PhoneJournal[]) {
  const recorded = new Map<string, Recorded>();
  const acknowledged = new Set<string>();
  const pending = new Set<string>();
  const faults: string[] = [];
  for (const phone of phones) {
    for (const { file, bytes, last } of phone.torn) {
      if (!last) faults.push(`${phone.folder}/${file}: ${bytes} damaged bytes before its last file`);
    }
    for (const event of phone.events) {
      const identity = identityOf(event);
      const source = `${event.install}.${event.epoch}`;
      if (recorded.has(identity)) faults.push(`${identity} stands in two records`);
      recorded.set(identity, event);
      if (inRanges(phone.acknowledged[source], event.seq)) acknowledged.add(identity);
      else if (!inRanges(phone.dropped[source], event.seq)) pending.add(identity);
    }
  }
  return { recorded, acknowledged, pending, faults };
}

/** What the lake's receipts and quarantine say. */
async function readReceipts(lake: Lake): Promise<{ duplicates: number; codes: readonly Row[] }> {
  const hasTable = (name: string): boolean => lake.manifest.tables[name] !== undefined;
  const receipts = hasTable(RECEIPT)
    ? await lake.rows(
        `select coalesce(sum(duplicates), 0)::double as duplicates from ${lake.relation(RECEIPT)}`,
      )
    : [];
  const codes = hasTable(QUARANTINE)
    ? await lake.rows(
        `select code, count(*)::double as events from ${lake.relation(QUARANTINE)} group by code order by code`,
      )
    : [];
  return { duplicates: Number(receipts[0]?.["duplicates"] ?? 0), codes };
}

/** Rows that the manifest claims and the files do not have. */
async function rowFaults(lake: Lake): Promise<readonly string[]> {
  const faults: string[] = [];
  for (const [table, { rows }] of Object.entries(lake.manifest.tables)) {
    const [found] = await lake.rows(`select count(*)::double as rows from ${lake.relation(table)}`);
    if (found!["rows"] !== rows)
      faults.push(`${quoted(table)}: the manifest says ${rows}, there are ${found!["rows"]}`);
  }
  return faults;
}

/** Counts every event of the journals in the lake, by identity. */
export async function auditEvents(
  phones: readonly PhoneJournal[],
  lake: Lake,
  report: EventReport,
): Promise<EventAudit> {
  const { recorded, acknowledged, pending, faults } = readRecorded(phones);
  const places = await readPlaces(lake);
  const held = new Set(places.map(({ identity }) => identity));
  const distinct = (refused: boolean): number =>
    new Set(places.flatMap(({ identity, table }) => ((table === QUARANTINE) === refused ? [identity] : [])))
      .size;
  const unknown = [...held].filter((identity) => !recorded.has(identity));
  const missing = [...recorded.keys()].filter((identity) => !held.has(identity));
  const broken = [...acknowledged].filter((identity) => !held.has(identity));
  const { duplicates, codes } = await readReceipts(lake);

  const said = report.events ?? {};
  const figures: Record<string, number> = {
    recorded: recorded.size,
    accepted: acknowledged.size,
    stored: distinct(false),
    quarantined: distinct(true),
    // An acknowledgement that was lost on its way back leaves an event that the phone still holds and the lake has.
    pending: missing.filter((identity) => pending.has(identity)).length,
    lost: missing.filter((identity) => !pending.has(identity)).length,
    duplicatesReceived: duplicates,
    duplicatesStored: places.length - held.size,
  };
  const sum = ["stored", "quarantined", "pending", "lost"].reduce(
    (total, name) => total + Number(said[name]),
    0,
  );
  const reasons = report.quarantine ?? {};
  const byCode = new Map(codes.map((row) => [String(row["code"]), Number(row["events"])]));
  return {
    recorded,
    findings: [
      ...Object.entries(figures).map(([name, value]) => compareFigure(`events.${name}`, said[name], value)),
      compareFigure("events: stored + quarantined + pending + lost", said["recorded"], sum),
      ...[...new Set([...byCode.keys(), ...Object.keys(reasons)])]
        .sort()
        .map((code) => compareFigure(`quarantine.${code}`, reasons[code] ?? 0, byCode.get(code) ?? 0)),
      checkEvidence("journals hold each event once and whole", faults, `${phones.length} journals`),
      checkEvidence(
        "every row has an event in a journal",
        unknown.map((id) => `${id} was never recorded`),
      ),
      checkEvidence(
        "what was acknowledged is in the lake",
        broken.map((id) => `${id} is not`),
      ),
      checkEvidence("tables have the rows that the manifest says", await rowFaults(lake)),
    ],
  };
}
