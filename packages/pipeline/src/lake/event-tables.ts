import type { LakeTable, Snapshot, SnapshotCounts } from "./snapshot.ts";
import { QUARANTINE, RECEIPT, STANDING } from "./table-schema.ts";

/**
 * Names of the tables of a snapshot that hold events, or what stands of events that are past their retention: all but
 * the quarantine and the receipts.
 */
export function eventTables({ manifest }: Snapshot): readonly string[] {
  return Object.keys(manifest.tables).filter((name) => name !== QUARANTINE && name !== RECEIPT);
}

/** How many rows of each kind tables have; what stands of events that are gone is no event. */
export function countRows(
  tables: Readonly<Record<string, Pick<LakeTable, "rows">>>,
): Pick<SnapshotCounts, "events" | "quarantined" | "receipts"> {
  const others = new Set([QUARANTINE, RECEIPT, STANDING]);
  return {
    events: Object.entries(tables).reduce((sum, [name, { rows }]) => sum + (others.has(name) ? 0 : rows), 0),
    quarantined: tables[QUARANTINE]?.rows ?? 0,
    receipts: tables[RECEIPT]?.rows ?? 0,
  };
}
