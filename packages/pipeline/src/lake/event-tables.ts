import type { Snapshot } from "./snapshot.ts";
import { QUARANTINE, RECEIPT } from "./table-schema.ts";

/** Names of the tables of a snapshot that hold events: all but the quarantine and the receipts. */
export function eventTables({ manifest }: Snapshot): readonly string[] {
  return Object.keys(manifest.tables).filter((name) => name !== QUARANTINE && name !== RECEIPT);
}
