import { hasSequence, sequenceSet, type EventCounts, type SequenceSet } from "@tideline/spec";
import {
  eventTables,
  numbers,
  QUARANTINE,
  STANDING,
  tableSql,
  texts,
  type Engine,
  type Snapshot,
} from "../lake/index.ts";

/** What a phone has recorded, by install and epoch: the other side of the account. */
export interface PhoneLedger {
  readonly install: string;
  readonly epoch: number;
  readonly recorded: SequenceSet;
  /** Recorded and not acknowledged yet. */
  readonly pending: SequenceSet;
  /** Whether the phone has nothing but the model table to run models with. */
  readonly tableOnly?: boolean;
}

/** Identities of a set of tables: sequence numbers by install and epoch, and how many stand there twice. */
async function readIdentities(engine: Engine, snapshot: Snapshot, tables: readonly string[]) {
  const union = tables
    .map((table) => `SELECT install_id, epoch, seq FROM ${tableSql(snapshot, table)}`)
    .join(" UNION ALL ");
  const columns = await engine.columns(
    `SELECT install_id, epoch::DOUBLE AS epoch, seq::DOUBLE AS seq FROM (${union})`,
  );
  const [install, epoch, seq] = [
    texts(columns, "install_id"),
    numbers(columns, "epoch"),
    numbers(columns, "seq"),
  ];
  const lists = new Map<string, number[]>();
  for (let row = 0; row < seq.length; row += 1) {
    const key = `${install[row]}/${epoch[row]}`;
    const list = lists.get(key);
    if (list === undefined) lists.set(key, [seq[row]!]);
    else list.push(seq[row]!);
  }
  const sets = new Map([...lists].map(([key, list]) => [key, sequenceSet(list)]));
  const distinct = [...lists.values()].reduce((sum, list) => sum + new Set(list).size, 0);
  return { rows: seq.length, duplicates: seq.length - distinct, sets };
}

const EMPTY: SequenceSet = [];

/** The numbers of a set that no other set holds. */
function countMissing(set: SequenceSet, others: readonly SequenceSet[]): number {
  let missing = 0;
  for (const [from, to] of set) {
    for (let seq = from; seq <= to; seq += 1)
      if (!others.some((other) => hasSequence(other, seq))) missing += 1;
  }
  return missing;
}

const count = (sets: readonly SequenceSet[]): number =>
  sets.flat().reduce((sum, [from, to]) => sum + to - from + 1, 0);

/**
 * What became of every event: phones' ledgers against the rows of a snapshot, matched by identity (install, epoch,
 * sequence), so that one that is lost cannot hide behind one that is doubled. What stands of events that are past their
 * retention is no event that is stored.
 */
export async function accountEvents(
  engine: Engine,
  snapshot: Snapshot,
  phones: readonly PhoneLedger[],
): Promise<{ readonly events: EventCounts; readonly quarantine: Readonly<Record<string, number>> }> {
  const tables = eventTables(snapshot).filter((name) => name !== STANDING);
  const stored = await readIdentities(engine, snapshot, tables);
  const refused = await readIdentities(engine, snapshot, [QUARANTINE]);
  const reasons = await engine.columns(
    `SELECT code, count(*)::DOUBLE AS rows FROM ${tableSql(snapshot, QUARANTINE)} GROUP BY code ORDER BY code`,
  );
  const lost = phones.reduce((sum, { install, epoch, recorded, pending }) => {
    const key = `${install}/${epoch}`;
    const found = [pending, stored.sets.get(key) ?? EMPTY, refused.sets.get(key) ?? EMPTY];
    return sum + countMissing(recorded, found);
  }, 0);
  const recorded = count(phones.map((phone) => phone.recorded));
  // Pending here means not in the lake either: an acknowledgement that was lost on its way back is no pending event.
  const pending = phones.reduce((sum, { install, epoch, pending: waiting }) => {
    const key = `${install}/${epoch}`;
    return sum + countMissing(waiting, [stored.sets.get(key) ?? EMPTY, refused.sets.get(key) ?? EMPTY]);
  }, 0);
  return {
    events: {
      recorded,
      accepted: recorded - count(phones.map((phone) => phone.pending)),
      stored: stored.rows - stored.duplicates,
      quarantined: refused.rows - refused.duplicates,
      pending,
      lost,
      duplicatesReceived: snapshot.manifest.counts.duplicates_received,
      duplicatesStored: stored.duplicates + refused.duplicates,
    },
    quarantine: Object.fromEntries(
      texts(reasons, "code").map((code, row) => [code ?? "", numbers(reasons, "rows")[row]!]),
    ),
  };
}
