import type { LogPosition } from "../log-record.ts";
import { tidelineError } from "@tideline/spec";
import type { CatalogReader, CatalogWriter } from "./catalog.ts";
import type { Row } from "./row.ts";
import { fromSql, toSql } from "./row.ts";

/** What the catalog knows of a snapshot; the manifest stands in the lake. */
export type SnapshotRow = Omit<Row<"snapshot">, "log_position"> & {
  /** Where the log goes on after it. */
  readonly log_position: LogPosition;
};

/** Records a snapshot as the newest. @throws `FENCED` where its parent is no longer the newest. */
export async function recordSnapshot(writer: CatalogWriter, row: SnapshotRow): Promise<void> {
  const newest = await latestSnapshotRow(writer);
  if ((newest?.id ?? null) !== row.parent) {
    const remedy = "Another compaction committed meanwhile; compact again.";
    const received = newest?.id ?? "none";
    throw tidelineError("FENCED", {
      who: "snapshot",
      field: "parent",
      expected: String(row.parent),
      received,
      remedy,
    });
  }
  await writer.database.insertInto("snapshot").values(toSql("snapshot", row)).execute();
}

/** The newest snapshot: the one that is no parent. */
export async function latestSnapshotRow({ database }: CatalogReader): Promise<SnapshotRow | undefined> {
  const row = await database
    .selectFrom("snapshot")
    .selectAll()
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom("snapshot as child").select("child.id").whereRef("child.parent", "=", "snapshot.id"),
        ),
      ),
    )
    .executeTakeFirst();
  return row && fromSql<SnapshotRow>("snapshot", row);
}

/** Every snapshot, oldest first. */
export async function listSnapshots({ database }: CatalogReader): Promise<readonly SnapshotRow[]> {
  const rows = await database.selectFrom("snapshot").selectAll().execute();
  const byParent = new Map(rows.map((row) => [row.parent, row]));
  const line: SnapshotRow[] = [];
  for (let row = byParent.get(null); row !== undefined; row = byParent.get(row.id)) {
    line.push(fromSql<SnapshotRow>("snapshot", row));
  }
  return line;
}

/** Notes that a snapshot was rewritten as another one (erasure, retention). */
export async function supersedeSnapshot(writer: CatalogWriter, id: string, by: string): Promise<void> {
  await writer.database.updateTable("snapshot").set({ superseded_by: by }).where("id", "=", id).execute();
}
